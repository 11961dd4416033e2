/* SPDX-License-Identifier: MIT */
/*
 * PPIs with a source in the kernel, as LEVEL_INFO shows their lines: what user
 * space writes there, and when the timers and the PMU say something else.
 */
#include "pmu.h"

#define VTIMER (1u << 27)
#define PTIMER (1u << 30)
#define PPIS   0xffff0000u

#define PMR  SYSREG_ENC(3, 0, 4, 6, 0)
#define IAR1 SYSREG_ENC(3, 0, 12, 12, 0)
#define EOI1 SYSREG_ENC(3, 0, 12, 12, 1)
#define GRP1 SYSREG_ENC(3, 0, 12, 12, 7)

#define CNTP_CTL  SYSREG_ENC(3, 3, 14, 2, 1)
#define CNTP_CVAL SYSREG_ENC(3, 3, 14, 2, 2)

/* The guest takes group 1; x2 is 1 then. */
#define ASM_TAKES                                                 \
	ASM_MOVZ(2, 0xf0, 0), ASM_MSR(PMR, 2), ASM_MOVZ(2, 1, 0), \
		ASM_MSR(GRP1, 2)

static uint32_t levels(const struct abi_vm *v)
{
	uint32_t val = 0;

	OK(abi_attr(v->gic, KVM_GET_DEVICE_ATTR,
		    KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, 0, &val));
	return val;
}

static void set_levels(const struct abi_vm *v, uint32_t val)
{
	OK(abi_attr(v->gic, KVM_SET_DEVICE_ATTR,
		    KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, 0, &val));
}

/* After a KVM_RUN that only loads the vCPU. */
static uint32_t loaded(struct abi_vm *v)
{
	abi_run_nothing(v);
	return levels(v);
}

static void irq_line(const struct abi_vm *v, unsigned int intid, bool level)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_PPI << KVM_ARM_IRQ_TYPE_SHIFT | intid,
		.level = level,
	};

	OK(ioctl(v->vm, KVM_IRQ_LINE, &line));
}

/* The lines that follow their timers whenever the vCPU is loaded: both, but
 * on cores without FEAT_VHE KVM emulates the physical timer. */
static uint32_t mapped(const struct abi_vm *v)
{
	return abi_has_vhe(v) ? VTIMER | PTIMER : VTIMER;
}

/* No request but KVM_RUN and the reset looks at the timers. */
static void level_until_load(void)
{
	struct kvm_vcpu_events events;
	struct abi_vm v;
	uint32_t own;

	abi_vm_open(&v, ABI_GICV3);
	own = mapped(&v);
	set_levels(&v, ~0u);
	OK(abi_init(&v));
	EQUAL(levels(&v), PPIS);
	EQUAL(loaded(&v), PPIS & ~own);
	set_levels(&v, ~0u);
	reg_set(v.vcpu, REG_PC, reg_get(v.vcpu, REG_PC));
	OK(ioctl(v.vcpu, KVM_GET_VCPU_EVENTS, &events));
	OK(ioctl(v.vcpu, KVM_SET_VCPU_EVENTS, &events));
	EQUAL(levels(&v), PPIS);
	EQUAL(loaded(&v), PPIS & ~own);
	set_levels(&v, ~0u);
	OK(abi_init(&v));
	EQUAL(levels(&v), PPIS & ~(VTIMER | PTIMER));
	set_levels(&v, 0);
	irq_line(&v, 27, true);
	irq_line(&v, 30, true);
	irq_line(&v, 26, true);
	EQUAL(levels(&v), 1u << 26);
}

static void second_vcpu(struct abi_vm *v)
{
	abi_vcpu(v, 1, NULL);
}

/* One whose vCPU has not run yet: the line is nobody's. */
static void level_of_others(void)
{
	struct abi_vm v;
	uint64_t attr = (uint64_t)1 << KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT;
	uint32_t val = ~0u;

	abi_vm_open_with(&v, ABI_GICV3, second_vcpu);
	set_levels(&v, ~0u);
	OK(abi_attr(v.gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO,
		    attr, &val));
	EQUAL(loaded(&v), PPIS & ~mapped(&v));
	OK(abi_attr(v.gic, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO,
		    attr, &val));
	EQUAL(val, PPIS);
}

/*
 * Linux 6.12 under TCG answers all of these, one after the other or alone (-c max,
 * cortex-a57, neoverse-n1, a64fx), but a timer that is up all the time now and then
 * leaves a busy machine no time for anything else. So CI does not ask it there.
 */
static void needs_time(void)
{
	if (getenv("ABI_TCG") && !getenv("ABI_TCG_TIMERS"))
		abi_skip("a timer that is up may leave TCG no time");
}

/* User space writes a timer's registers: its line follows at the next load. */
static void timer_from_user(uint64_t ctl, uint64_t cval, uint32_t line)
{
	struct abi_vm v;
	uint32_t again;

	needs_time();
	abi_vm_open(&v, ABI_GICV3);
	again = mapped(&v) & line;
	abi_run_nothing(&v);
	reg_set(v.vcpu, cval, 0);
	reg_set(v.vcpu, ctl, 1);
	reg_get(v.vcpu, ctl);
	EQUAL(levels(&v), 0);
	EQUAL(loaded(&v), line);
	set_levels(&v, 0);
	EQUAL(levels(&v), 0);
	EQUAL(loaded(&v), again);
	reg_set(v.vcpu, ctl, 3);
	EQUAL(levels(&v), again);
	EQUAL(loaded(&v), 0);
	reg_set(v.vcpu, ctl, 1);
	EQUAL(loaded(&v), line);
	reg_set(v.vcpu, cval, UINT64_MAX);
	EQUAL(levels(&v), line);
	EQUAL(loaded(&v), 0);
	reg_set(v.vcpu, cval, 0);
	EQUAL(loaded(&v), line);
	OK(abi_init(&v));
	EQUAL(levels(&v), 0);
	EQUAL(loaded(&v), 0);
}

static void vtimer_from_user(void)
{
	timer_from_user(KVM_REG_ARM_TIMER_CTL, KVM_REG_ARM_TIMER_CVAL, VTIMER);
}

static void ptimer_from_user(void)
{
	timer_from_user(KVM_REG_ARM_PTIMER_CTL, KVM_REG_ARM_PTIMER_CVAL,
			PTIMER);
}

/* The counters are moved: likewise. */
static void counter_from_user(void)
{
	struct kvm_arm_counter_offset offset = {0}; /* the count is 0 again */
	struct abi_vm v;

	needs_time();
	abi_vm_open(&v, ABI_GICV3);
	abi_run_nothing(&v);
	offset.counter_offset = reg_get(v.vcpu, KVM_REG_ARM_PTIMER_CNT);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CNT, 0);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CNT, 0);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CVAL, 1ull << 40);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CVAL, 1ull << 40);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CTL, 1);
	EQUAL(loaded(&v), 0);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CNT, 1ull << 40);
	EQUAL(levels(&v), 0);
	EQUAL(loaded(&v), VTIMER);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CNT, 1ull << 40);
	EQUAL(levels(&v), VTIMER);
	EQUAL(loaded(&v), VTIMER | PTIMER);
	OK(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &offset));
	EQUAL(levels(&v), VTIMER | PTIMER);
	EQUAL(loaded(&v), 0);
}

/* Due to the guest, whose count is beyond the host's. */
static void offset_beyond_count(void)
{
	struct kvm_arm_counter_offset offset = {.counter_offset = 1ull << 62};
	struct abi_vm v;

	needs_time();
	abi_vm_open(&v, ABI_GICV3);
	abi_run_nothing(&v);
	OK(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &offset));
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CVAL, 0);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CVAL, 0);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CTL, 1);
	EQUAL(loaded(&v), VTIMER | PTIMER);
	EQUAL(reg_get(v.vcpu, KVM_REG_ARM_PTIMER_CTL), 5);
}

/* A match time so many ticks off, that comes while the vCPU is out of KVM_RUN;
 * false: it came before, on a busy machine. */
static bool due_while_out_in(uint64_t ticks)
{
	struct abi_vm v;
	uint64_t due;

	abi_vm_open(&v, ABI_GICV3);
	GUEST(&v, 0, ASM_LEAVE, ASM_LEAVE, ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	due = reg_get(v.vcpu, KVM_REG_ARM_TIMER_CNT) + ticks;
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CVAL, due);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	if (reg_get(v.vcpu, KVM_REG_ARM_TIMER_CNT) >= due) {
		abi_vm_close(&v);
		return false;
	}
	EQUAL(levels(&v), 0);
	/* Without a pause, in which other threads would hear of it. */
	while (reg_get(v.vcpu, KVM_REG_ARM_TIMER_CNT) < due)
		;
	EQUAL(levels(&v), 0);
	EQUAL(loaded(&v), VTIMER);
	return true;
}

static void due_while_out(void)
{
	uint64_t ticks = 1000000;

	needs_time();
	if (abi_counted())
		abi_skip("guest time does not pass meanwhile");
	while (!due_while_out_in(ticks))
		ticks *= 2;
}

/* All PPIs are enabled and of group 1; as the guest reads what pends. */
static void open_taking(struct abi_vm *v)
{
	uint32_t all = ~0u;

	abi_vm_open(v, ABI_GICV3);
	OK(abi_attr(v->gic, KVM_SET_DEVICE_ATTR,
		    KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, 0x10080, &all));
	OK(abi_attr(v->gic, KVM_SET_DEVICE_ATTR,
		    KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, 0x10100, &all));
	abi_dist_set(v, 0, 0x12);
}

static uint32_t guest_says(struct abi_vm *v)
{
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	return *(const uint32_t *)(const void *)v->run->mmio.data;
}

/* GICR_ISPENDR0. */
static void guest_reads_level(void)
{
	struct abi_vm v;
	uint32_t own;

	open_taking(&v);
	own = mapped(&v);
	GUEST(&v, 0, ASM_MOVZ(1, 0x080b, 1), ASM_MOVK(1, 0x0200, 0),
	      ASM_LDR_W(0, 1), ASM_LEAVE, ASM_B(-5));
	EQUAL(guest_says(&v), 0);
	set_levels(&v, ~0u);
	EQUAL(guest_says(&v), PPIS & ~own);
	EQUAL(guest_says(&v), PPIS & ~own);
	EQUAL(levels(&v), PPIS & ~own);
}

/*
 * A mapped line is low while its interrupt is active, until the vCPU is loaded
 * again: KVM hears of its rises only. One that is not stays as it is.
 */
static void guest_takes(uint64_t ctl, uint64_t cval, unsigned int intid)
{
	struct abi_vm v;
	uint32_t line = 1u << intid, active;

	needs_time();
	open_taking(&v);
	active = mapped(&v) & line ? 0 : line;
	/* Where time is counted an interrupt has a way to go. */
	GUEST(&v, 0, ASM_TAKES, ASM_ISB, ASM_MOVZ(4, 4000, 0),
	      ASM_SUB_IMM(4, 4, 1), ASM_CBNZ(4, -1), ASM_MRS(0, IAR1), ASM_DSB,
	      ASM_LEAVE, ASM_MSR(EOI1, 0), ASM_ISB, ASM_B(-9));
	EQUAL(guest_says(&v), 1023);
	reg_set(v.vcpu, cval, 0);
	reg_set(v.vcpu, ctl, 1);
	for (int i = 0; i < 3; i++) {
		EQUAL(guest_says(&v), intid);
		EQUAL(levels(&v), active);
		EQUAL(loaded(&v), line);
	}
	set_levels(&v, 0);
	EQUAL(guest_says(&v), active ? 1023 : intid);
	EQUAL(levels(&v), 0);
	reg_set(v.vcpu, ctl, 0);
	EQUAL(guest_says(&v), 1023);
}

static void guest_takes_vtimer(void)
{
	guest_takes(KVM_REG_ARM_TIMER_CTL, KVM_REG_ARM_TIMER_CVAL, 27);
}

static void guest_takes_ptimer(void)
{
	guest_takes(KVM_REG_ARM_PTIMER_CTL, KVM_REG_ARM_PTIMER_CVAL, 30);
}

/* What offset_beyond_count() has, set by the guest: its sum has wrapped, so that the host's
 * own timer does not fire. KVM finds it after a WFI. */
static void guest_waits_beyond_count(void)
{
	struct kvm_arm_counter_offset offset = {.counter_offset = 1ull << 62};
	struct abi_vm v;

	needs_time();
	open_taking(&v);
	OK(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &offset));
	GUEST(&v, 0, ASM_TAKES, ASM_MSR(CNTP_CVAL, 31), ASM_MSR(CNTP_CTL, 2),
	      ASM_ISB, ASM_WFI, ASM_MRS(0, IAR1), ASM_SUB_IMM(4, 0, 1023),
	      ASM_CBZ(4, -3), ASM_DSB, ASM_LEAVE);
	EQUAL(guest_says(&v), 30);
}

/*
 * Of a mapped timer whose interrupt is active KVM hears nothing while the guest
 * runs: its line is what the last load made of it, until the interrupt is no
 * longer active. An emulated one's is what the timer says.
 */
static void guest_moves(uint32_t cval, uint32_t ctl, unsigned int intid)
{
	struct abi_vm v;
	uint32_t line = 1u << intid, emulated;
	const uint32_t code[] = {
		ASM_TAKES,
		ASM_MOVZ(5, 0x4000, 3),
		ASM_MSR(cval, 31),
		ASM_MSR(ctl, 2),
		ASM_ISB,
		ASM_MOVZ(4, 4000, 0),
		ASM_SUB_IMM(4, 4, 1),
		ASM_CBNZ(4, -1),
		ASM_MRS(0, IAR1),
		ASM_DSB,
		ASM_LEAVE,
		/* Falls; rises; falls and rises; falls, and is taken again. */
		ASM_MSR(cval, 5),
		ASM_ISB,
		ASM_LEAVE,
		ASM_MSR(cval, 31),
		ASM_ISB,
		ASM_LEAVE,
		ASM_MSR(cval, 5),
		ASM_ISB,
		ASM_MSR(cval, 31),
		ASM_ISB,
		ASM_LEAVE,
		ASM_MSR(cval, 5),
		ASM_ISB,
		ASM_MSR(EOI1, 0),
		ASM_ISB,
		ASM_LEAVE,
		ASM_MRS(0, IAR1),
		ASM_LEAVE,
	};

	needs_time();
	open_taking(&v);
	emulated = mapped(&v) & line ? 0 : line;
	abi_guest_load(&v, 0, code, ROWS(code));
	EQUAL(guest_says(&v), intid);
	EQUAL(levels(&v), emulated);
	guest_says(&v);
	EQUAL(levels(&v), line & ~emulated);
	guest_says(&v);
	EQUAL(levels(&v), emulated);
	guest_says(&v);
	EQUAL(levels(&v), line);
	guest_says(&v);
	EQUAL(levels(&v), 0);
	EQUAL(guest_says(&v), 1023);
}

static void guest_moves_vtimer(void)
{
	guest_moves(SYSREG_ENC(3, 3, 14, 3, 2), SYSREG_ENC(3, 3, 14, 3, 1), 27);
}

static void guest_moves_ptimer(void)
{
	guest_moves(CNTP_CVAL, CNTP_CTL, 30);
}

/* The PMU says only what has changed, and when the guest is entered. */
static void pmu_level(void)
{
	const uint32_t line = 1u << 23;
	int irq = 23;
	struct abi_vm v;

	open_pmu(&v, ABI_GICV3);
	OK(set_attr(v.vcpu, IRQ, &irq));
	OK(set_attr(v.vcpu, INIT, NULL));
	irq_line(&v, 23, true);
	EQUAL(levels(&v), 0);
	set_levels(&v, line);
	EQUAL(loaded(&v), line);
	set_levels(&v, 0);
	GUEST(&v, 0, ASM_LEAVE, ASM_B(-2));
	pm_set(&v, PMCR, 1);
	pm_set(&v, PMINTENSET, CYCLE);
	pm_set(&v, PMCNTENSET, CYCLE);
	pm_set(&v, PMOVSSET, CYCLE);
	EQUAL(levels(&v), 0);
	EQUAL(loaded(&v), 0);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(levels(&v), line);
	set_levels(&v, 0);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(levels(&v), 0);
	set_levels(&v, line);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(levels(&v), line);
}

const struct abi_case cases_ppi[] = {
	{"ppi/level-until-load", level_until_load},
	{"ppi/level-of-others", level_of_others},
	{"ppi/guest-moves-vtimer", guest_moves_vtimer},
	{"ppi/guest-moves-ptimer", guest_moves_ptimer},
	{"ppi/vtimer-from-user", vtimer_from_user},
	{"ppi/ptimer-from-user", ptimer_from_user},
	{"ppi/counter-from-user", counter_from_user},
	{"ppi/offset-beyond-count", offset_beyond_count},
	{"ppi/guest-waits-beyond-count", guest_waits_beyond_count},
	{"ppi/due-while-out", due_while_out},
	{"ppi/guest-reads-level", guest_reads_level},
	{"ppi/guest-takes-vtimer", guest_takes_vtimer},
	{"ppi/guest-takes-ptimer", guest_takes_ptimer},
	{"ppi/pmu-level", pmu_level},
	{NULL},
};
