/* SPDX-License-Identifier: MIT */
/*
 * Rows for the requests and exits that only KVM for arm64 has, and names of its
 * registers and interrupt lines, for traces (kernel/decode.h).
 */
#include <stdio.h>
#include <string.h>

#include "kernel/arm64/arm64.h"
#include "kernel/arm64/decode-init.h"
#include "kernel/arm64/onereg.h"

static const struct decode_name targets[] = {
	DECODE_NAME(KVM_ARM_TARGET_AEM_V8),
	DECODE_NAME(KVM_ARM_TARGET_FOUNDATION_V8),
	DECODE_NAME(KVM_ARM_TARGET_CORTEX_A57),
	DECODE_NAME(KVM_ARM_TARGET_XGENE_POTENZA),
	DECODE_NAME(KVM_ARM_TARGET_CORTEX_A53),
	DECODE_NAME(KVM_ARM_TARGET_GENERIC_V8),
	{0, NULL},
};

#define FEATURE(f)                                         \
	{                                                  \
		1u << KVM_ARM_VCPU_##f, "KVM_ARM_VCPU_" #f \
	}
static const struct decode_name features[] = {
	FEATURE(POWER_OFF),       FEATURE(EL1_32BIT), FEATURE(PSCI_0_2),
	FEATURE(PMU_V3),          FEATURE(SVE),       FEATURE(PTRAUTH_ADDRESS),
	FEATURE(PTRAUTH_GENERIC), FEATURE(HAS_EL2),   {0, NULL},
};

static const struct decode_field init[] = {
	DECODE_INIT_FIELDS(DECODE_IN, targets, features)};
static const struct decode_field preferred[] = {
	DECODE_INIT_FIELDS(DECODE_OUT, targets, features)};
static const struct decode_fields init_fields = FIELDS_OF(init, kvm_vcpu_init);
static const struct decode_fields preferred_fields =
	FIELDS_OF(preferred, kvm_vcpu_init);

#define FEATURE_NUMBER(f)                            \
	{                                            \
		KVM_ARM_VCPU_##f, "KVM_ARM_VCPU_" #f \
	}
static const struct decode_name feature_numbers[] = {
	FEATURE_NUMBER(SVE),
	{0, NULL},
};
static const struct decode_field finalize[] = {
	{.name = "feature",
	 .size = sizeof(int),
	 .kind = DECODE_ENUM,
	 .names = feature_numbers},
};
const struct decode_fields arm64_decode_finalize = {finalize, 1, sizeof(int)};

#define EVENTS_FIELDS(way_)                                                    \
	FIELD_OF(kvm_vcpu_events, exception.serror_pending, DECODE_DEC, way_), \
		FIELD_OF(kvm_vcpu_events, exception.serror_has_esr,            \
			 DECODE_DEC, way_),                                    \
		FIELD_OF(kvm_vcpu_events, exception.ext_dabt_pending,          \
			 DECODE_DEC, way_),                                    \
		FIELD_OF(kvm_vcpu_events, exception.pad, DECODE_PAD, way_),    \
		FIELD_OF(kvm_vcpu_events, exception.serror_esr, DECODE_HEX,    \
			 way_),                                                \
		FIELD_OF(kvm_vcpu_events, reserved, DECODE_PAD, way_)

static const struct decode_field get_events[] = {EVENTS_FIELDS(DECODE_OUT)};
static const struct decode_field set_events[] = {EVENTS_FIELDS(DECODE_IN)};
const struct decode_fields arm64_decode_get_events =
	FIELDS_OF(get_events, kvm_vcpu_events);
const struct decode_fields arm64_decode_set_events =
	FIELDS_OF(set_events, kvm_vcpu_events);

static const struct decode_name debug_flags[] = {
	DECODE_NAME(KVM_GUESTDBG_ENABLE),
	DECODE_NAME(KVM_GUESTDBG_SINGLESTEP),
	DECODE_NAME(KVM_GUESTDBG_USE_SW_BP),
	DECODE_NAME(KVM_GUESTDBG_USE_HW),
	{0, NULL},
};

/* Pairs of control and value that are in use. */
static void debug_pairs(struct decode_call *c, const char *name,
			const uint64_t *control, const uint64_t *value)
{
	for (unsigned int i = 0; i < KVM_ARM_MAX_DBG_REGS; i++) {
		if (!control[i] && !value[i])
			continue;
		out_open(c->out, name, '{');
		out_dec(c->out, "n", i);
		out_hex(c->out, "control", control[i]);
		out_hex(c->out, "address", value[i]);
		out_close(c->out, '}');
	}
}

static void debug_arch(struct decode_call *c, const struct decode_field *f,
		       const void *value)
{
	struct kvm_guest_debug_arch arch;

	memcpy(&arch, value, sizeof(arch));
	out_open(c->out, "breakpoints", '[');
	debug_pairs(c, NULL, arch.dbg_bcr, arch.dbg_bvr);
	out_close(c->out, ']');
	out_open(c->out, "watchpoints", '[');
	debug_pairs(c, NULL, arch.dbg_wcr, arch.dbg_wvr);
	out_close(c->out, ']');
}

static const struct decode_field guest_debug[] = {
	FIELD_OF(kvm_guest_debug, control, DECODE_FLAGS, .names = debug_flags),
	FIELD_OF(kvm_guest_debug, pad, DECODE_PAD),
	FIELD_OF(kvm_guest_debug, arch, DECODE_FN, .fn = debug_arch),
};
static const struct decode_fields guest_debug_fields =
	FIELDS_OF(guest_debug, kvm_guest_debug);

static const struct decode_name device_ids[] = {
	{KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT |
		 KVM_VGIC_V2_ADDR_TYPE_DIST,
	 "VGIC_V2 DIST"},
	{KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT |
		 KVM_VGIC_V2_ADDR_TYPE_CPU,
	 "VGIC_V2 CPU"},
	{0, NULL},
};
static const struct decode_field device_addr[] = {
	FIELD_OF(kvm_arm_device_addr, id, DECODE_ENUM, .names = device_ids),
	FIELD_OF(kvm_arm_device_addr, addr),
};
const struct decode_fields arm64_decode_device_addr =
	FIELDS_OF(device_addr, kvm_arm_device_addr);

static const struct decode_field counter_offset[] = {
	FIELD_OF(kvm_arm_counter_offset, counter_offset),
	FIELD_OF(kvm_arm_counter_offset, reserved, DECODE_PAD),
};
static const struct decode_fields counter_offset_fields =
	FIELDS_OF(counter_offset, kvm_arm_counter_offset);

static const struct decode_field mask[] = {{.size = 8, .way = DECODE_BOTH}};
static const struct decode_fields mask_fields = {mask, 1, 8};
static const struct decode_field masks[] = {
	FIELD_OF(reg_mask_range, range, DECODE_DEC),
	FIELD_OF(reg_mask_range, reserved, DECODE_PAD),
	{.name = "masks",
	 .at = offsetof(struct reg_mask_range, addr),
	 .size = 8,
	 .kind = DECODE_AT,
	 .way = DECODE_OUT,
	 .fields = &mask_fields,
	 .count = KVM_ARM_FEATURE_ID_RANGE_SIZE},
};
static const struct decode_fields masks_fields =
	FIELDS_OF(masks, reg_mask_range);

static const struct decode_name tag_flags[] = {
	DECODE_NAME(KVM_ARM_TAGS_TO_GUEST),
	DECODE_NAME(KVM_ARM_TAGS_FROM_GUEST),
	{0, NULL},
};
/* What addr leads to, which is filled with tags or read, is not shown. */
static const struct decode_field tags[] = {
	FIELD_OF(kvm_arm_copy_mte_tags, guest_ipa),
	FIELD_OF(kvm_arm_copy_mte_tags, length),
	FIELD_OF(kvm_arm_copy_mte_tags, addr),
	FIELD_OF(kvm_arm_copy_mte_tags, flags, DECODE_ENUM, .names = tag_flags),
	FIELD_OF(kvm_arm_copy_mte_tags, reserved, DECODE_PAD),
};
static const struct decode_fields tags_fields =
	FIELDS_OF(tags, kvm_arm_copy_mte_tags);

static const struct decode_request requests[] = {
	REQUEST_POINTS(KVM_ARM_SET_DEVICE_ADDR, arm64_decode_device_addr),
	REQUEST_POINTS(KVM_ARM_PREFERRED_TARGET, preferred_fields),
	REQUEST_POINTS(KVM_ARM_MTE_COPY_TAGS, tags_fields),
	REQUEST_POINTS(KVM_ARM_SET_COUNTER_OFFSET, counter_offset_fields),
	REQUEST_POINTS(KVM_ARM_GET_REG_WRITABLE_MASKS, masks_fields),
	REQUEST_POINTS(KVM_ARM_VCPU_INIT, init_fields),
	REQUEST_POINTS(KVM_ARM_VCPU_FINALIZE, arm64_decode_finalize),
	REQUEST_POINTS(KVM_GET_VCPU_EVENTS, arm64_decode_get_events),
	REQUEST_POINTS(KVM_SET_VCPU_EVENTS, arm64_decode_set_events),
	REQUEST_POINTS(KVM_SET_GUEST_DEBUG, guest_debug_fields),
};

/* ---- exits --------------------------------------------------------------- */

static const struct decode_field debug_exit[] = {
	RUN_FIELD("hsr", debug.arch.hsr),
	RUN_FIELD("hsr_high", debug.arch.hsr_high),
	RUN_FIELD("far", debug.arch.far),
};
static const struct decode_fields debug_fields = FIELDS_OF(debug_exit, kvm_run);

static const struct decode_exit exits[] = {
	{KVM_EXIT_DEBUG, &debug_fields},
	{0, NULL},
};

/* ---- structures of attributes -------------------------------------------- */

static const struct decode_name pmu_actions[] = {
	DECODE_NAME(KVM_PMU_EVENT_ALLOW),
	DECODE_NAME(KVM_PMU_EVENT_DENY),
	{0, NULL},
};
static const struct decode_field pmu_filter[] = {
	FIELD_OF(kvm_pmu_event_filter, base_event),
	FIELD_OF(kvm_pmu_event_filter, nevents, DECODE_DEC),
	FIELD_OF(kvm_pmu_event_filter, action, DECODE_ENUM,
		 .names = pmu_actions),
	FIELD_OF(kvm_pmu_event_filter, pad, DECODE_PAD),
};
static const struct decode_fields pmu_filter_fields =
	FIELDS_OF(pmu_filter, kvm_pmu_event_filter);

static const struct decode_name smccc_actions[] = {
	DECODE_NAME(KVM_SMCCC_FILTER_HANDLE),
	DECODE_NAME(KVM_SMCCC_FILTER_DENY),
	DECODE_NAME(KVM_SMCCC_FILTER_FWD_TO_USER),
	{0, NULL},
};
static const struct decode_field smccc_filter[] = {
	FIELD_OF(kvm_smccc_filter, base),
	FIELD_OF(kvm_smccc_filter, nr_functions, DECODE_DEC),
	FIELD_OF(kvm_smccc_filter, action, DECODE_ENUM, .names = smccc_actions),
	FIELD_OF(kvm_smccc_filter, pad, DECODE_PAD),
};
static const struct decode_fields smccc_filter_fields =
	FIELDS_OF(smccc_filter, kvm_smccc_filter);

static bool attr_struct(struct decode_call *c, const char *name,
			const struct attr_row *row, const void *bytes)
{
	static const struct {
		const char *attr;
		const struct decode_fields *fields;
	} rows[] = {
		{"KVM_ARM_VCPU_PMU_V3_FILTER", &pmu_filter_fields},
		{"KVM_ARM_VM_SMCCC_FILTER", &smccc_filter_fields},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].attr, row->name))
			continue;
		out_open(c->out, name, '{');
		decode_fields(c, rows[i].fields, bytes);
		out_close(c->out, '}');
		return true;
	}
	return false;
}

static const struct decode_name device_types[] = {
	DECODE_NAME(KVM_DEV_TYPE_FSL_MPIC_20),
	DECODE_NAME(KVM_DEV_TYPE_VFIO),
	DECODE_NAME(KVM_DEV_TYPE_ARM_VGIC_V2),
	DECODE_NAME(KVM_DEV_TYPE_ARM_VGIC_V3),
	DECODE_NAME(KVM_DEV_TYPE_ARM_VGIC_ITS),
	DECODE_NAME(KVM_DEV_TYPE_ARM_PV_TIME),
	{0, NULL},
};

/* ---- names --------------------------------------------------------------- */

void arm64_decode_irq_line(struct decode_call *c, const char *name,
			   uint32_t irq)
{
	static const struct decode_name types[] = {
		{KVM_ARM_IRQ_TYPE_CPU, "CPU"},
		{KVM_ARM_IRQ_TYPE_SPI, "SPI"},
		{KVM_ARM_IRQ_TYPE_PPI, "PPI"},
		{0, NULL},
	};
	uint32_t type = irq >> KVM_ARM_IRQ_TYPE_SHIFT & KVM_ARM_IRQ_TYPE_MASK;
	uint32_t vcpu =
		(irq >> KVM_ARM_IRQ_VCPU_SHIFT & KVM_ARM_IRQ_VCPU_MASK) +
		(irq >> KVM_ARM_IRQ_VCPU2_SHIFT & KVM_ARM_IRQ_VCPU2_MASK) *
			(KVM_ARM_IRQ_VCPU_MASK + 1);

	out_open(c->out, name, '{');
	out_enum(c->out, "type", types, type);
	if (type != KVM_ARM_IRQ_TYPE_SPI || vcpu)
		out_dec(c->out, "vcpu", vcpu);
	out_dec(c->out, "intid", irq & KVM_ARM_IRQ_NUM_MASK);
	out_close(c->out, '}');
}

const struct decode_table arm64_decode = {
	.request = requests,
	.nr_requests = ARRAY_SIZE(requests),
	.exit = exits,
	.device_types = device_types,
	.reg_name = onereg_name,
	.irq = arm64_decode_irq_line,
	.attr_struct = attr_struct,
};
