/* SPDX-License-Identifier: MIT */
/*
 * The PMU as a device of the vCPU: its attributes (KVM_ARM_VCPU_PMU_V3_CTRL) row
 * by row, and the overflow interrupt. Its registers are in case-pmu-regs.c.
 */
#include "pmu.h"

static int set_irq(int vcpu, int32_t irq)
{
	return set_attr(vcpu, IRQ, &irq);
}

static int get_attr(int vcpu, uint64_t attr, void *addr)
{
	return abi_attr(vcpu, KVM_GET_DEVICE_ATTR, GROUP, attr, addr);
}

static int has_attr(int vcpu, uint64_t attr)
{
	return abi_attr(vcpu, KVM_HAS_DEVICE_ATTR, GROUP, attr, NULL);
}

/* One host has only a GICv2. True: it is a GICv3. */
static bool open_any_gic(struct abi_vm *v)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = abi_create_vm(kvm);
	struct kvm_create_device dev = {.type = KVM_DEV_TYPE_ARM_VGIC_V3,
					.flags = KVM_CREATE_DEVICE_TEST};
	bool v3 = !ioctl(vm, KVM_CREATE_DEVICE, &dev);

	close(vm);
	close(kvm);
	open_pmu(v, v3 ? ABI_GICV3 : ABI_GICV2);
	return v3;
}

/* ---- attributes ---------------------------------------------------------- */

static void without_feature(void)
{
	struct abi_vm v;
	int32_t irq = 23;

	abi_vm_open(&v, ABI_NO_GIC);
	for (uint64_t attr = 0; attr < 6; attr++) {
		REFUSED(has_attr(v.vcpu, attr), ENXIO);
		REFUSED(set_attr(v.vcpu, attr, NOWHERE), ENODEV);
		REFUSED(get_attr(v.vcpu, attr, &irq), attr ? ENXIO : EINVAL);
	}
	REFUSED(get_attr(v.vcpu, 1ull << 32, &irq), ENXIO);
	REFUSED(set_attr(v.vcpu, 1ull << 32, &irq), ENODEV);
}

static void without_feature_gic(void)
{
	struct abi_vm v;
	int32_t irq = 23;

	abi_vm_open(&v, ABI_GICV3);
	REFUSED(get_attr(v.vcpu, IRQ, &irq), ENODEV);
	REFUSED(get_attr(v.vcpu, INIT, &irq), ENXIO);
	REFUSED(set_irq(v.vcpu, 23), ENODEV);
}

/* It is the VM's: a vCPU that is not initialised has it when another is. */
static void feature_of_the_vm(void)
{
	struct abi_vm v;
	int vcpu;

	open_pmu(&v, ABI_NO_GIC);
	vcpu = ioctl(v.vm, KVM_CREATE_VCPU, 1);
	NEED(vcpu >= 0);
	OK(has_attr(vcpu, INIT));
	OK(set_attr(vcpu, INIT, NULL));
	REFUSED(set_attr(vcpu, INIT, NULL), EBUSY);
	/* And another feature set is refused. */
	v.features = 0;
	REFUSED(abi_init(&v), EINVAL);
}

static void without_irqchip(void)
{
	struct abi_vm v;
	int32_t val = 0;

	open_pmu(&v, ABI_NO_GIC);
	for (uint64_t attr = 0; attr < 4; attr++)
		OK(has_attr(v.vcpu, attr));
	REFUSED(has_attr(v.vcpu, 4), ENXIO);
	REFUSED(get_attr(v.vcpu, IRQ, NOWHERE), EINVAL);
	for (uint64_t attr = 1; attr < 6; attr++)
		REFUSED(get_attr(v.vcpu, attr, &val), ENXIO);
	REFUSED(set_irq(v.vcpu, 23), EINVAL);
	REFUSED(set_attr(v.vcpu, IRQ, NOWHERE), EINVAL);
	REFUSED(set_attr(v.vcpu, 4, NULL), ENXIO);
	OK(set_attr(v.vcpu, INIT, NOWHERE));
	for (uint64_t attr = 0; attr < 6; attr++)
		REFUSED(set_attr(v.vcpu, attr, NOWHERE), EBUSY);
	/* Another initialisation of the vCPU leaves it. */
	OK(abi_init(&v));
	REFUSED(set_attr(v.vcpu, INIT, NULL), EBUSY);
}

/* It is ready without an interrupt, which a VGIC must be told of. */
static void before_irqchip(void)
{
	struct abi_vm v;
	uint64_t base = GUEST_GICR, dist = GUEST_GICD;
	int gic;

	open_ready(&v);
	gic = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_V3);
	OK(abi_attr(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
		    KVM_VGIC_V3_ADDR_TYPE_DIST, &dist));
	OK(abi_attr(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
		    KVM_VGIC_V3_ADDR_TYPE_REDIST, &base));
	OK(abi_attr(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		    KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	REFUSED(set_irq(v.vcpu, 23), EBUSY);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINVAL);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINVAL);
	OK(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS));
}

static void irq_ppi(void)
{
	struct abi_vm v;
	int32_t irq = 0;

	open_any_gic(&v);
	REFUSED(get_attr(v.vcpu, IRQ, &irq), ENXIO);
	REFUSED(get_attr(v.vcpu, IRQ, NOWHERE), ENXIO);
	REFUSED(set_attr(v.vcpu, INIT, NULL), ENXIO);
	REFUSED(set_attr(v.vcpu, IRQ, NOWHERE), EFAULT);
	REFUSED(set_irq(v.vcpu, 0), EINVAL);
	REFUSED(set_irq(v.vcpu, 15), EINVAL);
	REFUSED(set_irq(v.vcpu, 1020), EINVAL);
	REFUSED(set_irq(v.vcpu, -1), EINVAL);
	REFUSED(set_irq(v.vcpu, 8192), EINVAL);
	OK(set_irq(v.vcpu, 23));
	OK(get_attr(v.vcpu, IRQ, &irq));
	EQUAL(irq, 23);
	REFUSED(get_attr(v.vcpu, IRQ, NOWHERE), EFAULT);
	REFUSED(set_irq(v.vcpu, 23), EBUSY);
	REFUSED(set_irq(v.vcpu, 24), EINVAL);
	REFUSED(set_irq(v.vcpu, 40), EBUSY);
	OK(set_attr(v.vcpu, INIT, NULL));
	REFUSED(set_attr(v.vcpu, INIT, NULL), EBUSY);
	OK(get_attr(v.vcpu, IRQ, &irq));
	EQUAL(irq, 23);
}

static void irq_of_two(int32_t first, int32_t second, int want)
{
	struct kvm_create_device dev = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	struct abi_vm v;
	int vcpu;

	open_pmu(&v, ABI_NO_GIC);
	vcpu = abi_vcpu(&v, 1, NULL);
	if (ioctl(v.vm, KVM_CREATE_DEVICE, &dev))
		abi_skip("no GICv3");
	OK(set_irq(v.vcpu, first));
	if (want)
		REFUSED(set_irq(vcpu, second), want);
	else
		OK(set_irq(vcpu, second));
	/* The VGIC is not initialised. */
	REFUSED(set_attr(v.vcpu, INIT, NULL), ENODEV);
	close(dev.fd);
	close(vcpu);
	close(v.vcpu);
	close(v.vm);
}

static void irqs_agree(void)
{
	irq_of_two(23, 23, 0);
	irq_of_two(23, 22, EINVAL);
	irq_of_two(23, 40, 0);
	irq_of_two(40, 23, EINVAL);
	irq_of_two(40, 40, EINVAL);
	irq_of_two(40, 41, 0);
	irq_of_two(1019, 32, 0);
}

/* SPIs are 32 to 95 here. */
static void irq_spi(void)
{
	struct abi_vm v;

	open_any_gic(&v);
	OK(set_irq(v.vcpu, 95));
	OK(set_attr(v.vcpu, INIT, NULL));
	GUEST(&v, 0, ASM_LEAVE);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
}

/* A PPI belongs to one device. */
static void irq_of_the_timer(void)
{
	struct abi_vm v;

	open_any_gic(&v);
	GUEST(&v, 0, ASM_LEAVE);
	/* The timers have claimed theirs when the PMU is found wanting. */
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINVAL);
	OK(set_irq(v.vcpu, 27));
	REFUSED(set_attr(v.vcpu, INIT, NULL), EEXIST);
	REFUSED(set_irq(v.vcpu, 27), EBUSY);

	open_any_gic(&v);
	OK(set_irq(v.vcpu, 30));
	OK(set_attr(v.vcpu, INIT, NULL));
	GUEST(&v, 0, ASM_LEAVE);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINVAL);
}

static void run_before_init(void)
{
	struct abi_vm v;

	open_pmu(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_LEAVE);
	for (int i = 0; i < 2; i++)
		REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINVAL);
	/* That is no run: a filter can still be set. */
	OK(set_filter(v.vcpu, 0x11, 1, KVM_PMU_EVENT_DENY));
	OK(set_attr(v.vcpu, INIT, NULL));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
}

static void filter_rows(void)
{
	struct abi_vm v;
	int vcpu;

	open_pmu(&v, ABI_NO_GIC);
	vcpu = abi_vcpu(&v, 1, NULL);
	REFUSED(set_attr(v.vcpu, FILTER, NOWHERE), EFAULT);
	REFUSED(set_filter(v.vcpu, 0xffff, 0xffff, 0), EINVAL);
	REFUSED(set_filter(v.vcpu, 0, 1, 2), EINVAL);
	REFUSED(set_filter(v.vcpu, 0, 1, 0xff), EINVAL);
	OK(set_filter(v.vcpu, 0, 0, KVM_PMU_EVENT_DENY));
	OK(set_filter(v.vcpu, 0x3ff, 1, KVM_PMU_EVENT_DENY));
	if (((pm_get(&v, DFR0) >> 8) & 15) == 1) {
		REFUSED(set_filter(v.vcpu, 0x400, 1, 0), EINVAL);
		REFUSED(set_filter(v.vcpu, 0x3ff, 2, 0), EINVAL);
		OK(set_filter(v.vcpu, 0x400, 0, 0));
	} else {
		OK(set_filter(v.vcpu, 0xffff, 1, KVM_PMU_EVENT_ALLOW));
		REFUSED(set_filter(v.vcpu, 0xffff, 2, 0), EINVAL);
	}
	OK(set_attr(v.vcpu, INIT, NULL));
	REFUSED(set_filter(v.vcpu, 0, 1, 0), EBUSY);
	OK(set_filter(vcpu, 0, 1, KVM_PMU_EVENT_ALLOW));
	GUEST(&v, 0, ASM_LEAVE);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	REFUSED(set_filter(vcpu, 0, 1, KVM_PMU_EVENT_ALLOW), EBUSY);
	REFUSED(set_filter(vcpu, 0, 1, 2), EINVAL);
	OK(set_attr(vcpu, INIT, NULL));
}

/* PMCEID0_EL0 as the guest sees it. */
static uint64_t events_of(struct abi_vm *v)
{
	OK(set_attr(v->vcpu, INIT, NULL));
	GUEST(v, 0, ASM_MRS(0, PMCEID0), ASM_LEAVE);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	return reg_get(v->vcpu, REG_X(0));
}

static void filter_seen_by_guest(void)
{
	uint64_t all;
	struct abi_vm v;

	open_pmu(&v, ABI_NO_GIC);
	all = events_of(&v);
	EQUAL(all & 0x40020001, 0x40020001); /* SW_INCR, CPU_CYCLES, CHAIN */

	open_pmu(&v, ABI_NO_GIC);
	OK(set_filter(v.vcpu, 0x11, 1, KVM_PMU_EVENT_DENY));
	EQUAL(events_of(&v), all & ~0x20000ull);

	open_pmu(&v, ABI_NO_GIC);
	OK(set_filter(v.vcpu, 0x11, 1, KVM_PMU_EVENT_ALLOW));
	EQUAL(events_of(&v), all & 0x20000);

	/* The first decides; what follows overrides. */
	open_pmu(&v, ABI_NO_GIC);
	OK(set_filter(v.vcpu, 0, 0, KVM_PMU_EVENT_ALLOW));
	OK(set_filter(v.vcpu, 0, 32, KVM_PMU_EVENT_ALLOW));
	OK(set_filter(v.vcpu, 0x1e, 1, KVM_PMU_EVENT_DENY));
	EQUAL(events_of(&v), all & 0xbfffffff);
}

static void choice(void)
{
	struct abi_vm v;
	int32_t id = 5; /* those below are perf's own */
	unsigned int n;
	int vcpu;

	open_pmu(&v, ABI_NO_GIC);
	n = nr_events(&v);
	vcpu = abi_vcpu(&v, 1, NULL);
	REFUSED(set_attr(v.vcpu, SET_PMU, NOWHERE), EFAULT);
	for (int32_t other = -1; other < 5; other++)
		REFUSED(set_attr(v.vcpu, SET_PMU, &other), ENXIO);
	/* It has all its counters, whatever was said before. */
	pm_set(&v, PMCR, PMCR_N(2));
	EQUAL(pm_get(&v, PMCR) >> 11 & 31, 2);
	while (id < 64 && set_attr(v.vcpu, SET_PMU, &id) && errno == ENXIO)
		id++;
	OK(set_attr(v.vcpu, SET_PMU, &id));
	EQUAL(pm_get(&v, PMCR) >> 11 & 31, n);
	OK(set_filter(v.vcpu, 0, 1, 0));
	OK(set_attr(v.vcpu, SET_PMU, &id));
	OK(set_attr(v.vcpu, INIT, NULL));
	REFUSED(set_attr(v.vcpu, SET_PMU, &id), EBUSY);
	GUEST(&v, 0, ASM_LEAVE);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	REFUSED(set_attr(vcpu, SET_PMU, &id), EBUSY);
	id = 3;
	REFUSED(set_attr(vcpu, SET_PMU, &id), ENXIO);
	REFUSED(set_attr(vcpu, SET_PMU, NOWHERE), EFAULT);
}

/* ---- the interrupt ------------------------------------------------------- */

#define PMU_LEVEL(v) ((v)->run->s.regs.device_irq_level & KVM_ARM_DEV_PMU)

/* Counter 0 is about to overflow by PMSWINC. */
static void prepare_overflow(struct abi_vm *v)
{
	pm_set(v, PMCNTENCLR, ~0ull);
	pm_set(v, PMCNTENSET, 1);
	pm_set(v, PMOVSCLR, ~0ull);
	pm_set(v, PMINTENCLR, ~0ull);
	pm_set(v, PMINTENSET, 1);
	pm_set(v, PMEVTYPER(0), 0);
	pm_set(v, PMEVCNTR(0), 0xffffffff);
	pm_set(v, PMCR, PMCR_N(6) | PMCR_E);
	reg_set(v->vcpu, REG_X(0), 1);
}

static void expect_level(struct abi_vm *v, uint64_t level)
{
	REFUSED(ioctl(v->vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v->run->exit_reason, KVM_EXIT_INTR);
	EQUAL(PMU_LEVEL(v), level);
}

static void overflow_to_user(void)
{
	struct abi_vm v;

	open_ready(&v);
	prepare_overflow(&v);
	GUEST(&v, 0, ASM_MSR(PMSWINC, 0), ASM_NOP, ASM_MSR(PMINTENCLR, 0),
	      ASM_NOP, ASM_MSR(PMINTENSET, 0), ASM_NOP, ASM_MSR(PMCR, 2),
	      ASM_NOP, ASM_MSR(PMCR, 0), ASM_NOP, ASM_MSR(PMOVSCLR, 0), ASM_NOP,
	      ASM_LEAVE, ASM_B_SELF);
	reg_set(v.vcpu, REG_X(2), 0);
	expect_level(&v, KVM_ARM_DEV_PMU);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
	expect_level(&v, 0);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 12);
	expect_level(&v, KVM_ARM_DEV_PMU);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 20);
	expect_level(&v, 0);
	expect_level(&v, KVM_ARM_DEV_PMU);
	expect_level(&v, 0);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 44);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(PMU_LEVEL(&v), 0);
}

/* User space writes the registers, or the level that it was told. */
static void level_from_user(void)
{
	struct abi_vm v;

	open_ready(&v);
	prepare_overflow(&v);
	GUEST(&v, 0, ASM_LEAVE, ASM_LEAVE, ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(PMU_LEVEL(&v), 0);
	pm_set(&v, PMOVSSET, 1);
	EQUAL(PMU_LEVEL(&v), 0);
	expect_level(&v, KVM_ARM_DEV_PMU);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(PMU_LEVEL(&v), KVM_ARM_DEV_PMU);
	pm_set(&v, PMOVSCLR, 1);
	expect_level(&v, 0);
	v.run->s.regs.device_irq_level |= KVM_ARM_DEV_PMU;
	expect_level(&v, 0);
}

/* It is told so without a PMU, too. */
static void level_without_feature(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_LEAVE, ASM_B_SELF);
	v.run->s.regs.device_irq_level |= KVM_ARM_DEV_PMU;
	expect_level(&v, 0);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
}

/* The guest reads whether @irq is pending: GICD_ISPENDR<n>, or of a GICv3's
 * private ones GICR_ISPENDR0. */
static uint32_t pending(struct abi_vm *v, bool v3, unsigned int irq)
{
	uint64_t at = GUEST_GICD + 0x200 + irq / 32 * 4;

	if (irq < 32 && v3)
		at = GUEST_GICR + 0x10200;
	reg_set(v->vcpu, REG_X(3), at);
	GUEST(v, 0x100, ASM_LDR_W(4, 3), ASM_LEAVE, ASM_B_SELF);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	abi_run_nothing(v);
	return reg_get(v->vcpu, REG_X(4)) >> irq % 32 & 1;
}

static void overflow_to_gic(int32_t irq)
{
	struct abi_vm v;
	bool v3 = open_any_gic(&v);

	OK(set_irq(v.vcpu, irq));
	OK(set_attr(v.vcpu, INIT, NULL));
	if (irq >= 32) /* level-sensitive */
		abi_dist_set(&v, 0xc00 + irq / 16 * 4, 0);
	prepare_overflow(&v);
	EQUAL(pending(&v, v3, irq), 0);
	GUEST(&v, 0, ASM_MSR(PMSWINC, 0), ASM_LEAVE, ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	abi_run_nothing(&v);
	EQUAL(pm_get(&v, PMOVSSET), 1);
	EQUAL(pending(&v, v3, irq), 1);
	GUEST(&v, 0, ASM_MSR(PMOVSCLR, 0), ASM_LEAVE, ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	abi_run_nothing(&v);
	EQUAL(pending(&v, v3, irq), 0);
	EQUAL(v.run->s.regs.device_irq_level, 0);
}

static void overflow_by_ppi(void)
{
	overflow_to_gic(23);
}

static void overflow_by_spi(void)
{
	overflow_to_gic(40);
}

/* The cycle counter overflows at 64 bits, or without PMCR.LC at 32. */
static void cycles_overflow(void)
{
	static const uint32_t spin[] = {ASM_B_SELF};
	struct abi_vm v;

	open_ready(&v);
	prepare_overflow(&v);
	pm_set(&v, PMINTENSET, CYCLE);
	pm_set(&v, PMCNTENSET, CYCLE);
	pm_set(&v, PMCR, PMCR_N(6) | PMCR_E | 0x40);
	pm_set(&v, PMCCNTR, -50000ull);
	abi_guest_load(&v, 0, spin, 1);
	expect_level(&v, KVM_ARM_DEV_PMU);
	EQUAL(pm_get(&v, PMOVSSET), CYCLE);
	CHECK(pm_get(&v, PMCCNTR) < 1ull << 40);
}

/* ID_DFR0_EL1.PerfMon: that of a core without AArch32, which has no other field. */
static void dfr0_without_aarch32(void)
{
	const uint64_t dfr0 = REG_SYS(3, 0, 0, 1, 2);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	if ((reg_get(v.vcpu, REG_SYS(3, 0, 0, 4, 0)) & 0xf) != 1)
		abi_skip("AArch32 at EL0");
	EQUAL(reg_get(v.vcpu, dfr0), 0);
	open_pmu(&v, ABI_GICV3);
	EQUAL(reg_get(v.vcpu, dfr0),
	      (reg_get(v.vcpu, REG_SYS(3, 0, 0, 5, 0)) >> 8 & 0xf) << 24);
}

const struct abi_case cases_pmu[] = {
	{"pmu/dfr0-without-aarch32", dfr0_without_aarch32},
	{"pmu/without-feature", without_feature},
	{"pmu/without-feature-gic", without_feature_gic},
	{"pmu/feature-of-the-vm", feature_of_the_vm},
	{"pmu/without-irqchip", without_irqchip},
	{"pmu/initialised-before-irqchip", before_irqchip},
	{"pmu/irq-ppi", irq_ppi},
	{"pmu/irqs-agree", irqs_agree},
	{"pmu/irq-spi", irq_spi},
	{"pmu/irq-of-the-timer", irq_of_the_timer},
	{"pmu/run-before-init", run_before_init},
	{"pmu/filter", filter_rows},
	{"pmu/filter-seen-by-guest", filter_seen_by_guest},
	{"pmu/choice", choice},
	{"pmu/overflow-to-user", overflow_to_user},
	{"pmu/level-from-user", level_from_user},
	{"pmu/level-without-feature", level_without_feature},
	{"pmu/overflow-by-ppi", overflow_by_ppi},
	{"pmu/overflow-by-spi", overflow_by_spi},
	{"pmu/cycles-overflow", cycles_overflow},
	{NULL},
};
