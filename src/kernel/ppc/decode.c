/* SPDX-License-Identifier: MIT */
/*
 * Rows for the requests and exits that only KVM for PowerPC has, for traces
 * (kernel/decode.h).
 */
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "kernel/decode.h"
#include "kernel/ppc/ppc.h"

#define REGS_FIELDS(way_)                                   \
	FIELD_OF(kvm_regs, pc, DECODE_HEX, way_),           \
		FIELD_OF(kvm_regs, cr, DECODE_HEX, way_),   \
		FIELD_OF(kvm_regs, ctr, DECODE_HEX, way_),  \
		FIELD_OF(kvm_regs, lr, DECODE_HEX, way_),   \
		FIELD_OF(kvm_regs, xer, DECODE_HEX, way_),  \
		FIELD_OF(kvm_regs, msr, DECODE_HEX, way_),  \
		FIELD_OF(kvm_regs, srr0, DECODE_HEX, way_), \
		FIELD_OF(kvm_regs, srr1, DECODE_HEX, way_), \
		FIELD_OF(kvm_regs, pid, DECODE_HEX, way_),  \
		{.name = "sprg",                            \
		 .at = offsetof(struct kvm_regs, sprg0),    \
		 .size = 64,                                \
		 .kind = DECODE_HEX,                        \
		 .way = way_,                               \
		 .count = 8},                               \
		FIELD_OF(kvm_regs, gpr, DECODE_HEX, way_, .count = 32)

static const struct decode_field get_regs[] = {REGS_FIELDS(DECODE_OUT)};
static const struct decode_field set_regs[] = {REGS_FIELDS(DECODE_IN)};
static const struct decode_fields get_regs_fields =
	FIELDS_OF(get_regs, kvm_regs);
static const struct decode_fields set_regs_fields =
	FIELDS_OF(set_regs, kvm_regs);

static const struct decode_name sregs_features[] = {
	DECODE_NAME(KVM_SREGS_E_BASE),
	DECODE_NAME(KVM_SREGS_E_ARCH206),
	DECODE_NAME(KVM_SREGS_E_IVOR),
	DECODE_NAME(KVM_SREGS_E_ARCH206_MMU),
	DECODE_NAME(KVM_SREGS_E_SPE),
	DECODE_NAME(KVM_SREGS_E_PM),
	{0, NULL},
};

/* A member of u.e, by its own name. */
#define SREG(member, way_, ...)                                                \
	{                                                                      \
		.name = #member, .at = offsetof(struct kvm_sregs, u.e.member), \
		.way = way_,                                                   \
		.size = sizeof(((struct kvm_sregs *)0)->u.e.member),           \
		__VA_ARGS__                                                    \
	}
#define SREGS_FIELDS(way_)                                                   \
	FIELD_OF(kvm_sregs, pvr, DECODE_HEX, way_),                          \
		SREG(features, way_, DECODE_FLAGS, .names = sregs_features), \
		SREG(impl, way_, DECODE_PAD), SREG(impl_id, way_),           \
		SREG(update_special, way_), SREG(pir, way_),                 \
		SREG(sprg8, way_), SREG(sprg9, way_), SREG(csrr0, way_),     \
		SREG(dsrr0, way_), SREG(mcsrr0, way_), SREG(csrr1, way_),    \
		SREG(dsrr1, way_), SREG(mcsrr1, way_), SREG(esr, way_),      \
		SREG(dear, way_), SREG(ivpr, way_), SREG(mcivpr, way_),      \
		SREG(mcsr, way_), SREG(tsr, way_), SREG(tcr, way_),          \
		SREG(decar, way_), SREG(dec, way_), SREG(tb, way_),          \
		SREG(dbsr, way_), SREG(dbcr, way_, .count = 3),              \
		SREG(iac, way_, .count = 4), SREG(dac, way_, .count = 2),    \
		SREG(dvc, way_, .count = 2), SREG(epr, way_),                \
		SREG(vrsave, way_), SREG(epcr, way_), SREG(mas0, way_),      \
		SREG(mas1, way_), SREG(mas2, way_), SREG(mas7_3, way_),      \
		SREG(mas4, way_), SREG(mas6, way_),                          \
		SREG(ivor_low, way_, .count = 16),                           \
		SREG(ivor_high, way_, .count = 18), SREG(mmucfg, way_),      \
		SREG(eptcfg, way_), SREG(tlbcfg, way_, .count = 4),          \
		SREG(tlbps, way_, .count = 4), SREG(eplc, way_),             \
		SREG(epsc, way_),                                            \
	{                                                                    \
		.name = "rest",                                              \
		.at = offsetof(struct kvm_sregs, u.e.epsc) + 4,              \
		.size = sizeof(struct kvm_sregs) -                           \
			offsetof(struct kvm_sregs, u.e.epsc) - 4,            \
		.kind = DECODE_PAD, .way = way_                              \
	}

static const struct decode_field get_sregs[] = {SREGS_FIELDS(DECODE_OUT)};
static const struct decode_field set_sregs[] = {SREGS_FIELDS(DECODE_IN)};
static const struct decode_fields get_sregs_fields =
	FIELDS_OF(get_sregs, kvm_sregs);
static const struct decode_fields set_sregs_fields =
	FIELDS_OF(set_sregs, kvm_sregs);

static const struct decode_field get_fpu[] = {
	FIELD_OF(kvm_fpu, fpr, DECODE_HEX, DECODE_OUT, .count = 32)};
static const struct decode_field set_fpu[] = {
	FIELD_OF(kvm_fpu, fpr, DECODE_HEX, DECODE_IN, .count = 32)};
static const struct decode_fields get_fpu_fields = FIELDS_OF(get_fpu, kvm_fpu);
static const struct decode_fields set_fpu_fields = FIELDS_OF(set_fpu, kvm_fpu);

static const struct decode_name pvinfo_flags[] = {
	DECODE_NAME(KVM_PPC_PVINFO_FLAGS_EV_IDLE),
	{0, NULL},
};
static const struct decode_field pvinfo[] = {
	FIELD_OF(kvm_ppc_pvinfo, flags, DECODE_FLAGS, DECODE_OUT,
		 .names = pvinfo_flags),
	FIELD_OF(kvm_ppc_pvinfo, hcall, DECODE_HEX, DECODE_OUT, .count = 4),
	FIELD_OF(kvm_ppc_pvinfo, pad, DECODE_PAD, DECODE_OUT),
};
static const struct decode_fields pvinfo_fields =
	FIELDS_OF(pvinfo, kvm_ppc_pvinfo);

static const struct decode_field dirty_tlb[] = {
	FIELD_OF(kvm_dirty_tlb, bitmap),
	FIELD_OF(kvm_dirty_tlb, num_dirty, DECODE_DEC),
};
static const struct decode_fields dirty_tlb_fields =
	FIELDS_OF(dirty_tlb, kvm_dirty_tlb);

static const struct decode_name interrupts[] = {
	{UINT32_MAX, "KVM_INTERRUPT_SET"},
	{UINT32_MAX - 1, "KVM_INTERRUPT_UNSET"},
	{UINT32_MAX - 2, "KVM_INTERRUPT_SET_LEVEL"},
	{0, NULL},
};
static const struct decode_field interrupt[] = {
	FIELD_OF(kvm_interrupt, irq, DECODE_ENUM, .names = interrupts),
};
static const struct decode_fields interrupt_fields =
	FIELDS_OF(interrupt, kvm_interrupt);

static const struct decode_name debug_flags[] = {
	DECODE_NAME(KVM_GUESTDBG_ENABLE),
	DECODE_NAME(KVM_GUESTDBG_SINGLESTEP),
	DECODE_NAME(KVM_GUESTDBG_USE_SW_BP),
	DECODE_NAME(KVM_GUESTDBG_USE_HW_BP),
	{0, NULL},
};
static const struct decode_field guest_debug[] = {
	FIELD_OF(kvm_guest_debug, control, DECODE_FLAGS, .names = debug_flags),
	FIELD_OF(kvm_guest_debug, pad, DECODE_PAD),
	FIELD_OF(kvm_guest_debug, arch, DECODE_PAD),
};
static const struct decode_fields guest_debug_fields =
	FIELDS_OF(guest_debug, kvm_guest_debug);

/* ---- KVM_CAP_SW_TLB ------------------------------------------------------ */

static const struct decode_name mmu_types[] = {
	DECODE_NAME(KVM_MMU_FSL_BOOKE_NOHV),
	DECODE_NAME(KVM_MMU_FSL_BOOKE_HV),
	{0, NULL},
};
static const struct decode_field tlb_params[] = {
	FIELD_OF(kvm_book3e_206_tlb_params, tlb_sizes, DECODE_DEC, .count = 4),
	FIELD_OF(kvm_book3e_206_tlb_params, tlb_ways, DECODE_DEC, .count = 4),
};
static const struct decode_fields tlb_params_fields =
	FIELDS_OF(tlb_params, kvm_book3e_206_tlb_params);
static const struct decode_field config_tlb[] = {
	FIELD_OF(kvm_config_tlb, params, DECODE_AT,
		 .fields = &tlb_params_fields, .count = 1),
	FIELD_OF(kvm_config_tlb, array),
	FIELD_OF(kvm_config_tlb, mmu_type, DECODE_ENUM, .names = mmu_types),
	FIELD_OF(kvm_config_tlb, array_len),
};
static const struct decode_fields config_tlb_fields =
	FIELDS_OF(config_tlb, kvm_config_tlb);

/* The first of a capability's arguments is an address. */
static void cap_args(struct decode_call *c, const struct decode_field *f,
		     const void *value)
{
	const struct kvm_enable_cap *cap = c->bytes;
	struct kvm_config_tlb tlb;

	out_open(c->out, f->name, '[');
	if (cap->cap == KVM_CAP_SW_TLB &&
	    !copy_from_user(&tlb, (void *)cap->args[0], sizeof(tlb))) {
		out_open(c->out, NULL, '{');
		decode_fields(c, &config_tlb_fields, &tlb);
		out_close(c->out, '}');
	} else {
		out_hex(c->out, NULL, cap->args[0]);
	}
	for (unsigned int i = 1; i < 4; i++)
		out_hex(c->out, NULL, cap->args[i]);
	out_close(c->out, ']');
}

static const struct decode_field enable_cap[] = {
	FIELD_OF(kvm_enable_cap, cap, DECODE_CAP),
	FIELD_OF(kvm_enable_cap, flags),
	FIELD_OF(kvm_enable_cap, args, DECODE_FN, .fn = cap_args),
	FIELD_OF(kvm_enable_cap, pad, DECODE_PAD),
};
static const struct decode_fields enable_cap_fields =
	FIELDS_OF(enable_cap, kvm_enable_cap);

static const struct decode_request requests[] = {
	REQUEST_POINTS(KVM_GET_REGS, get_regs_fields),
	REQUEST_POINTS(KVM_SET_REGS, set_regs_fields),
	REQUEST_POINTS(KVM_GET_SREGS, get_sregs_fields),
	REQUEST_POINTS(KVM_SET_SREGS, set_sregs_fields),
	REQUEST_POINTS(KVM_GET_FPU, get_fpu_fields),
	REQUEST_POINTS(KVM_SET_FPU, set_fpu_fields),
	REQUEST_POINTS(KVM_PPC_GET_PVINFO, pvinfo_fields),
	REQUEST_POINTS(KVM_DIRTY_TLB, dirty_tlb_fields),
	REQUEST_POINTS(KVM_INTERRUPT, interrupt_fields),
	REQUEST_POINTS(KVM_SET_GUEST_DEBUG, guest_debug_fields),
	REQUEST_POINTS(KVM_ENABLE_CAP, enable_cap_fields),
	REQUEST_FOREIGN(KVM_PPC_GET_SMMU_INFO),
	REQUEST_FOREIGN(KVM_PPC_ALLOCATE_HTAB),
	REQUEST_FOREIGN(KVM_CREATE_SPAPR_TCE),
	REQUEST_FOREIGN(KVM_CREATE_SPAPR_TCE_64),
	REQUEST_FOREIGN(KVM_ALLOCATE_RMA),
	REQUEST_FOREIGN(KVM_PPC_GET_HTAB_FD),
	REQUEST_FOREIGN(KVM_PPC_RTAS_DEFINE_TOKEN),
	REQUEST_FOREIGN(KVM_PPC_CONFIGURE_V3_MMU),
	REQUEST_FOREIGN(KVM_PPC_GET_RMMU_INFO),
	REQUEST_FOREIGN(KVM_PPC_GET_CPU_CHAR),
};

/* ---- exits --------------------------------------------------------------- */

static const struct decode_field debug_exit[] = {
	RUN_FIELD("address", debug.arch.address),
	RUN_FIELD("status", debug.arch.status),
};
static const struct decode_fields debug_fields = FIELDS_OF(debug_exit, kvm_run);

static const struct decode_exit exits[] = {
	{KVM_EXIT_DEBUG, &debug_fields},
	{0, NULL},
};

static const struct decode_name device_types[] = {
	DECODE_NAME(KVM_DEV_TYPE_FSL_MPIC_20),
	DECODE_NAME(KVM_DEV_TYPE_FSL_MPIC_42),
	DECODE_NAME(KVM_DEV_TYPE_XICS),
	DECODE_NAME(KVM_DEV_TYPE_VFIO),
	DECODE_NAME(KVM_DEV_TYPE_XIVE),
	{0, NULL},
};

static bool reg_name(uint64_t id, char *name, size_t size)
{
	struct kernel_reg_row row;

	for (unsigned int n = 0; ppc_reg_row(n, &row); n++) {
		if (row.id != id)
			continue;
		snprintf(name, size, "%s", row.name);
		return true;
	}
	return false;
}

const struct decode_table ppc_decode = {
	.request = requests,
	.nr_requests = ARRAY_SIZE(requests),
	.exit = exits,
	.device_types = device_types,
	.reg_name = reg_name,
};
