/* SPDX-License-Identifier: MIT */
/*
 * Registers of a vCPU and what a run without a device leaves in them; what is left
 * of a vCPU that could not be made.
 */
#include "abi.h"

#include <sys/resource.h>

static void run_to_mmio(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_MOVZ(0, 0x1234, 0),
	      ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.phys_addr, GUEST_MMIO);
	EQUAL(v.run->mmio.len, 8);
	EQUAL(v.run->mmio.is_write, 1);
	/* The store is not done until KVM_RUN is called again. */
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 8);
	v.run->immediate_exit = 1;
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 12);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0x1234);
}

/*
 * A call of a speculation workaround is answered by KVM's vectors, whatever the
 * host needs and a filter says: X0 is 0, X1 was used, no other register is
 * touched. By SMC it is a call like others.
 */
static void workaround_calls(void)
{
	static const uint32_t fn[] = {0x80008000, 0x80007fff, 0x80003fff};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (int k = 0; k < 6; k++) {
		bool smc = k >= 3;

		if (smc)
			GUEST(&v, 0, ASM_SMC(0), ASM_MOVZ(9, 0x0900, 1),
			      ASM_STR(0, 9));
		else
			GUEST(&v, 0, ASM_HVC(0), ASM_MOVZ(9, 0x0900, 1),
			      ASM_STR(0, 9));
		/* Only the low half is looked at. */
		reg_set(v.vcpu, REG_X(0), 5ull << 32 | fn[k % 3]);
		for (int n = 1; n < 4; n++)
			reg_set(v.vcpu, REG_X(n), 0x1111 * n);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(reg_get(v.vcpu, REG_X(0)), smc ? ~0ull : 0);
		for (int n = 1; n < 4; n++)
			EQUAL(reg_get(v.vcpu, REG_X(n)),
			      smc || n == 1 ? 0 : 0x1111 * n);
		abi_run_nothing(&v);
	}
}

/* ---- a vCPU that can't be made ------------------------------------------- */

static void frame(struct abi_vm *v, uint64_t kind, uint64_t at)
{
	NEED(abi_attr(v->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
		      kind, &at) == 0);
}

/* One vCPU, and a GICv3 that is not initialised. */
static void placed_open(struct abi_vm *v, uint64_t kind, uint64_t at)
{
	abi_vm_open(v, ABI_NO_GIC);
	v->gic = abi_device(v, KVM_DEV_TYPE_ARM_VGIC_V3);
	frame(v, KVM_VGIC_V3_ADDR_TYPE_DIST, GUEST_GICD);
	frame(v, kind, at);
}

static void placed_init(struct abi_vm *v)
{
	OK(abi_attr(v->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		    KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	GUEST(v, 0, ASM_LDR(0, 2), ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1),
	      ASM_B(-3));
}

/* GICR_TYPER at @slot as the guest reads it; ~0: nobody is there. */
static uint64_t typer(struct abi_vm *v, unsigned int slot)
{
	uint64_t at = GUEST_GICR + slot * 0x20000 + 8, val;
	bool hole;

	reg_set(v->vcpu, REG_X(2), at);
	NEED(abi_run(v) == KVM_EXIT_MMIO);
	hole = v->run->mmio.phys_addr == at;
	if (hole) /* which is answered with what is there */
		NEED(abi_run(v) == KVM_EXIT_MMIO);
	memcpy(&val, v->run->mmio.data, sizeof(val));
	return hole ? ~0ull : val;
}

/* Its redistributor is not there, but the place that it had is taken. */
static void failed_redistributor(void)
{
	struct abi_vm v;

	placed_open(&v, KVM_VGIC_V3_ADDR_TYPE_REDIST, GUEST_GICR);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 0), EEXIST);
	placed_init(&v);
	EQUAL(typer(&v, 0), 0); /* not the last */
	EQUAL(typer(&v, 1), ~0ull);

	placed_open(&v, KVM_VGIC_V3_ADDR_TYPE_REDIST, GUEST_GICR);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 0), EEXIST);
	abi_vcpu(&v, 1, NULL);
	abi_vcpu(&v, 2, NULL);
	placed_init(&v);
	EQUAL(typer(&v, 0), 0);
	EQUAL(typer(&v, 1), ~0ull);
	EQUAL(typer(&v, 2), 0x100000100);
	EQUAL(typer(&v, 3), 0x200000210);
	EQUAL(typer(&v, 4), ~0ull);
}

static void failed_without_number(void)
{
	struct rlimit limit;
	struct abi_vm v;
	rlim_t was;
	int next;

	placed_open(&v, KVM_VGIC_V3_ADDR_TYPE_REDIST, GUEST_GICR);
	NEED(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	was = limit.rlim_cur;
	next = dup(0);
	close(next);
	limit.rlim_cur = next;
	NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), EMFILE);
	limit.rlim_cur = was;
	NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	abi_vcpu(&v, 2, NULL);
	placed_init(&v);
	EQUAL(typer(&v, 0), 0);
	EQUAL(typer(&v, 1), ~0ull);
	EQUAL(typer(&v, 2), 0x200000210);
	EQUAL(typer(&v, 3), ~0ull);
}

/* A region of two has no place for the next one. */
static void failed_fills_region(void)
{
	struct abi_vm v;

	placed_open(&v, KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION,
		    GUEST_GICR | 2ull << 52);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 0), EEXIST);
	abi_vcpu(&v, 1, NULL);
	placed_init(&v);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), ENXIO);
}

#define CSSELR       SYSREG_ENC(3, 2, 0, 0, 0)
#define CCSIDR       SYSREG_ENC(3, 1, 0, 0, 0)
#define DEMUX(n)     (0x6020000000110000ull + (n))
#define NR_OF_CACHES 14

/* A guest that asks for a cache that there can't be gets what it has in the
 * register. */
static void ccsidr_of_no_cache(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (uint64_t n = 0; n < 17; n++) {
		uint32_t of_cache = 0;

		GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_MSR(CSSELR, 2),
		      ASM_ISB, ASM_MOVZ(0, 0x5a5a, 0), ASM_MRS(0, CCSIDR),
		      ASM_STR(0, 1), ASM_B_SELF);
		reg_set(v.vcpu, REG_X(2), n);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		abi_run_nothing(&v);
		if (n % 16 < NR_OF_CACHES) {
			struct kvm_one_reg reg = {DEMUX(n % 16),
						  (uintptr_t)&of_cache};

			OK(ioctl(v.vcpu, KVM_GET_ONE_REG, &reg));
		}
		EQUAL(reg_get(v.vcpu, REG_X(0)),
		      n % 16 < NR_OF_CACHES ? of_cache : 0x5a5a);
	}
}

const struct abi_case cases_vcpu[] = {
	{"vcpu/ccsidr-of-no-cache", ccsidr_of_no_cache},
	{"vcpu/run-to-mmio", run_to_mmio},
	{"vcpu/workaround-calls", workaround_calls},
	{"vcpu/failed-redistributor", failed_redistributor},
	{"vcpu/failed-without-number", failed_without_number},
	{"vcpu/failed-fills-region", failed_fills_region},
	{NULL},
};
