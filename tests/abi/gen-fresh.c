/* SPDX-License-Identifier: MIT */
/*
 * Random orders of what a VMM says before its guest runs: each call here is a VM
 * of its own and some steps with it, all in one line. So what waits for other
 * calls (SVE's lengths, the PMU, timers) comes in every order, which calls that
 * are scattered over an episode seldom do. See random.h.
 */
#include "random.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_STEPS 9

/* ---- the VM -------------------------------------------------------------- */

int fresh_vcpu(const struct fresh *f, unsigned int *n)
{
	*n = odd(150) ? 1 : 0;
	say(" vcpu%u", *n);
	return f->vcpu[*n];
}

static void vcpu_new(struct fresh *f, unsigned int n)
{
	void *run;

	say(" CREATE_VCPU %u", n);
	f->vcpu[n] = answer_fd(ioctl(f->vm, KVM_CREATE_VCPU, n));
	run = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, f->vcpu[n],
		   0);
	f->run[n] = run == MAP_FAILED ? NULL : run;
}

static void fresh_init(const struct fresh *f, int vcpu)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features = {1u << KVM_ARM_VCPU_PSCI_0_2 | f->features},
	};

	if (odd(100))
		init.features[0] ^= 1u << below(9);
	if (options.without & WITHOUT_PMU)
		init.features[0] &= ~(1u << KVM_ARM_VCPU_PMU_V3);
	say(" INIT %#x", init.features[0]);
	answer(ioctl(vcpu, KVM_ARM_VCPU_INIT, in_arg(&init, sizeof(init))));
}

static void fresh_close(struct fresh *f)
{
	for (unsigned int n = 0; n < FRESH_VCPUS; n++) {
		if (f->run[n])
			munmap(f->run[n], 0x1000);
		if (f->vcpu[n] >= 0)
			close(f->vcpu[n]);
	}
	if (f->gic >= 0)
		close(f->gic);
	if (f->vm >= 0)
		close(f->vm);
}

/* ---- steps of all -------------------------------------------------------- */

void step_init(struct fresh *f)
{
	unsigned int n;
	int fd = fresh_vcpu(f, &n);

	fresh_init(f, fd);
}

void step_vcpu(struct fresh *f)
{
	unsigned int n = below(FRESH_VCPUS);

	if (f->vcpu[n] < 0)
		vcpu_new(f, n);
}

void step_reg_list(struct fresh *f)
{
	unsigned int n;
	int fd = fresh_vcpu(f, &n);

	say(" REG_LIST");
	reg_list_call(fd);
}

/* No instruction: whether it may run at all, and from then on has run. */
void step_run(struct fresh *f)
{
	unsigned int n;
	int fd = fresh_vcpu(f, &n);

	say(" RUN");
	f->ran = true;
	if (f->run[n])
		f->run[n]->immediate_exit = 1;
	answer(run_limited(fd));
	if (f->run[n])
		f->run[n]->immediate_exit = 0;
}

void step_reg(const struct fresh *f, uint64_t id, uint64_t val)
{
	uint64_t all[32] = {val};
	unsigned int n;
	int fd = fresh_vcpu(f, &n);

	say(" %#llx", (unsigned long long)id);
	if (odd(500)) {
		reg_get(fd, id, (uint8_t *)all);
		return;
	}
	for (unsigned int i = 1; i < LENGTH(all); i++)
		all[i] = wild();
	say(" set %#llx", (unsigned long long)val);
	reg_set(fd, id, all);
}

static void step_gic(struct fresh *f)
{
	struct kvm_create_device dev = {
		.type = options.gicv2 ? KVM_DEV_TYPE_ARM_VGIC_V2
				      : KVM_DEV_TYPE_ARM_VGIC_V3};

	/* After a KVM_RUN that failed late it is made, and at KVM_ARM_VCPU_INIT Linux 6.12
	 * takes a NULL for the timer's interrupt: the host is not to be used then. */
	if (f->gic < 0 && f->ran)
		return;
	if (f->gic < 0) {
		say(" gic");
		if (answer(ioctl(f->vm, KVM_CREATE_DEVICE, &dev)) == 0)
			f->gic = dev.fd;
		return;
	}
	say(" gic ");
	attr_call(f->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		  KVM_DEV_ARM_VGIC_CTRL_INIT, 0, 8);
}

/* ---- SVE ----------------------------------------------------------------- */

static void step_finalize(struct fresh *f)
{
	unsigned int n;
	int fd = fresh_vcpu(f, &n);
	int what = odd(100) ? (int)wild() : KVM_ARM_VCPU_SVE;

	say(" FINALIZE %d", what);
	answer(ioctl(fd, KVM_ARM_VCPU_FINALIZE, in_arg(&what, sizeof(what))));
}

/* Sets of lengths: of the first so many, without one, one alone, any. */
static uint64_t lengths(void)
{
	uint64_t all = (2ull << below(17)) - 1;

	switch (below(5)) {
	case 0: return all & ~(1ull << below(17));
	case 1: return 1ull << below(17);
	case 2: return wild();
	default: return all;
	}
}

static void step_lengths(struct fresh *f)
{
	uint64_t val[32] = {lengths()};
	unsigned int n;
	int fd = fresh_vcpu(f, &n);

	say(" VLS");
	if (odd(500)) {
		reg_get(fd, KVM_REG_ARM64_SVE_VLS, (uint8_t *)val);
		return;
	}
	if (odd(50)) {
		unsigned int word = 1 + below(7);

		val[word] = 1ull << below(64);
	}
	say(" set %#llx", (unsigned long long)val[0]);
	for (unsigned int i = 1; i < KVM_ARM64_SVE_VLS_WORDS; i++)
		if (val[i])
			say(" %u:%#llx", i, (unsigned long long)val[i]);
	reg_set(fd, KVM_REG_ARM64_SVE_VLS, val);
}

/* Z, P and FFR, V that lies in Z, and what says whether they are there; nearly
 * all of the right size. */
static void step_vector(struct fresh *f)
{
	unsigned int slice = odd(80) ? below(32) : 0;
	uint64_t id;

	switch (below(6)) {
	case 0: id = KVM_REG_ARM64_SVE_ZREG(below(32), slice); break;
	case 1: id = KVM_REG_ARM64_SVE_PREG(below(16), slice); break;
	case 2: id = KVM_REG_ARM64_SVE_FFR(slice); break;
	case 3:
		id = KVM_REG_ARM64 | KVM_REG_ARM_CORE | KVM_REG_SIZE_U128 |
		     (0x54 + 4 * below(32));
		break;
	case 4: id = ARM64_SYS_REG(3, 0, 1, 2, 0); break; /* ZCR_EL1 */
	default:
		/* ID_AA64ZFR0_EL1, ID_AA64PFR0_EL1 */
		id = ONE_OF(ARM64_SYS_REG(3, 0, 0, 4, 4),
			    ARM64_SYS_REG(3, 0, 0, 4, 0));
	}
	if (odd(60))
		id = (id & ~KVM_REG_SIZE_MASK) | (uint64_t)below(10)
							 << KVM_REG_SIZE_SHIFT;
	if (odd(20))
		id ^= 1ull << below(16);
	step_reg(f, id, wild());
}

static step *const sve_steps[] = {
	step_init,    step_init,    step_finalize, step_finalize, step_lengths,
	step_lengths, step_lengths, step_vector,   step_vector,   step_vector,
	step_vector,  step_vcpu,    step_reg_list, step_run,
};

/* ---- the PMU, timers, stolen time, and what the VM is told --------------- */

static void step_attr(struct fresh *f)
{
	unsigned int n;
	int fd = fresh_vcpu(f, &n);

	say(" attr");
	vcpu_attr_call(fd);
}

static uint64_t pmu_reg(void)
{
	/* PMCR, PMCNTENSET, PMCNTENCLR, PMOVSCLR, PMSELR, PMCCNTR, PMUSERENR,
	 * PMEVCNTR0, PMEVTYPER0 and 5, PMCCFILTR, PMINTENSET, ID_AA64DFR0 */
	return ONE_OF(
		ARM64_SYS_REG(3, 3, 9, 12, 0), ARM64_SYS_REG(3, 3, 9, 12, 0),
		ARM64_SYS_REG(3, 3, 9, 12, 1), ARM64_SYS_REG(3, 3, 9, 12, 2),
		ARM64_SYS_REG(3, 3, 9, 12, 3), ARM64_SYS_REG(3, 3, 9, 12, 5),
		ARM64_SYS_REG(3, 3, 9, 13, 0), ARM64_SYS_REG(3, 3, 9, 14, 0),
		ARM64_SYS_REG(3, 3, 14, 8, 0), ARM64_SYS_REG(3, 3, 14, 12, 0),
		ARM64_SYS_REG(3, 3, 14, 12, 5), ARM64_SYS_REG(3, 3, 14, 15, 7),
		ARM64_SYS_REG(3, 0, 9, 14, 1), ARM64_SYS_REG(3, 0, 0, 5, 0));
}

static void step_pmu_reg(struct fresh *f)
{
	uint64_t id = pmu_reg();

	/* Disabled: what a counter has counted depends on the time. */
	step_reg(f, id, wild() & ~1ull);
}

static step *const pmu_steps[] = {
	step_init, step_init, step_attr, step_attr,    step_attr,
	step_attr, step_attr, step_attr, step_pmu_reg, step_pmu_reg,
	step_gic,  step_vcpu, step_run,
};

static void step_timer_reg(struct fresh *f)
{
	uint64_t id = ONE_OF(KVM_REG_ARM_TIMER_CTL, KVM_REG_ARM_TIMER_CNT,
			     KVM_REG_ARM_TIMER_CVAL, KVM_REG_ARM_PTIMER_CTL,
			     KVM_REG_ARM_PTIMER_CNT, KVM_REG_ARM_PTIMER_CVAL);

	step_reg(f, id, reg_value(id));
}

static void step_offset(struct fresh *f)
{
	say(" OFFSET");
	counter_offset_call(f->vm);
}

static void step_filter(struct fresh *f)
{
	say(" SMCCC_FILTER");
	smccc_filter_call(f->vm);
}

static void step_cap(struct fresh *f)
{
	say(" ENABLE_CAP");
	enable_cap_call(f->vm);
}

static step *const time_steps[] = {
	step_init,   step_init,   step_attr, step_attr,
	step_attr,   step_attr,   step_attr, step_offset,
	step_gic,    step_filter, step_cap,  step_cap,
	step_filter, step_vcpu,   step_run,  step_timer_reg,
};

/* ---- the calls ----------------------------------------------------------- */

static void steps_run(struct fresh *f, step *const *steps, unsigned int nr)
{
	unsigned int todo = 3 + below(MAX_STEPS - 2);

	while (todo--) {
		say(";");
		steps[below(nr)](f);
	}
}

void fresh_run(const struct purpose *purpose)
{
	struct fresh f = {
		.vm = ioctl(world.kvm, KVM_CREATE_VM, 0),
		.vcpu = {-1, -1},
		.gic = -1,
		.features = purpose->features,
	};

	/* Empty, and without tags of the call before. */
	madvise((void *)FRESH_HVA, FRESH_SIZE, MADV_DONTNEED);
	mprotect((void *)FRESH_HVA, FRESH_SIZE, PROT_READ | PROT_WRITE);
	if (purpose->start)
		purpose->start(&f);
	else if (odd(950))
		vcpu_new(&f, 0);
	if (odd(400)) {
		say(" vcpu0");
		fresh_init(&f, f.vcpu[0]);
	}
	steps_run(&f, purpose->steps, purpose->nr);
	fresh_close(&f);
}

static void fresh_sve(void)
{
	static const struct purpose sve = {1u << KVM_ARM_VCPU_SVE, NULL,
					   sve_steps, LENGTH(sve_steps)};

	fresh_run(&sve);
}

static void fresh_pmu(void)
{
	static const struct purpose pmu = {1u << KVM_ARM_VCPU_PMU_V3, NULL,
					   pmu_steps, LENGTH(pmu_steps)};

	fresh_run(&pmu);
}

static void fresh_time(void)
{
	static const struct purpose times = {0, NULL, time_steps,
					     LENGTH(time_steps)};

	fresh_run(&times);
}

const struct op ops_fresh[] = {
	{"fresh sve", fresh_sve, 20},   {"fresh pmu", fresh_pmu, 14},
	{"fresh time", fresh_time, 14}, {"fresh aarch32", fresh_aarch32, 20},
	{"fresh tags", fresh_tags, 14}, {0},
};
