/* SPDX-License-Identifier: MIT */
/*
 * KVM of 32-bit Arm hosts, as Linux 5.6 had it: on the hosts cortex-a15 and
 * cortex-a7 alone. No real kernel can be asked: the values are those of its
 * KVM API's documentation (4.69 on: ids of registers, 4.82: features, 4.83:
 * targets) and uapi headers, and what is known of its sources: which registers
 * of CP15, in which order and with which values after a reset; core registers,
 * events and requests. Those that identify a core are in its TRM, chapter 4.3.
 */
#include "abi.h"

#define ARM           0x4000000000000000ull
#define U32           0x0020000000000000ull
#define U64           0x0030000000000000ull
#define CORE(n)       (ARM | U32 | 0x100000 | (n))
#define CPSR          CORE(16)
#define FW(n)         (ARM | U64 | 0x140000 | (n))
#define D(n)          (ARM | U64 | 0x120000 | (n))
#define VFP(n)        (ARM | U32 | 0x120000 | (n))
#define CCSIDR(n)     (ARM | U32 | 0x110000 | (n))
#define CP15_64(a, m) (ARM | U64 | 0xf0000 | (a) << 3 | (m) << 7)
#define CP15(a, n, m, b) \
	(ARM | U32 | 0xf0000 | (b) | (a) << 3 | (m) << 7 | (uint64_t)(n) << 11)
#define TIMER_CTL  CP15(0, 14, 3, 1)
#define TIMER_CNT  CP15_64(1, 14)
#define TIMER_CVAL CP15_64(3, 14)

#define POWER_OFF (1u << 0)
#define PSCI_0_2  (1u << 1)

#define A32_STR_R0_R1 0xe5810000u
#define A32_STR_R2_R1 0xe5812000u
#define A32_B_SELF    0xeafffffeu
#define A32_HVC       0xe1400070u

/* ---- a VM of this host --------------------------------------------------- */

struct world {
	int kvm, vm, vcpu;
	struct kvm_run *run;
	uint32_t *ram;
	uint32_t target;
};

static void world_vm(struct world *w)
{
	struct kvm_vcpu_init init;
	int other;

	w->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	NEED(w->kvm >= 0);
	/* arm64's kernels take a size there. */
	other = ioctl(w->kvm, KVM_CREATE_VM, 40);
	if (other >= 0 || errno != EINVAL)
		abi_skip("no 32-bit Arm host");
	w->vm = abi_create_vm(w->kvm);
	NEED(w->vm >= 0);
	if (ioctl(w->vm, KVM_ARM_PREFERRED_TARGET, &init) || init.target > 1)
		abi_skip("no 32-bit Arm host");
	w->target = init.target;
}

static int world_init(const struct world *w, int vcpu, uint32_t features)
{
	struct kvm_vcpu_init init = {.target = w->target,
				     .features = {features}};

	return ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
}

static void world_open(struct world *w)
{
	struct kvm_userspace_memory_region slot = {
		.guest_phys_addr = GUEST_BASE,
		.memory_size = GUEST_SIZE,
	};

	world_vm(w);
	w->ram = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(w->ram != MAP_FAILED);
	slot.userspace_addr = (uintptr_t)w->ram;
	NEED(!ioctl(w->vm, KVM_SET_USER_MEMORY_REGION, &slot));
	w->vcpu = ioctl(w->vm, KVM_CREATE_VCPU, 0);
	NEED(w->vcpu >= 0);
	w->run = mmap(NULL, ioctl(w->kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
		      PROT_READ | PROT_WRITE, MAP_SHARED, w->vcpu, 0);
	NEED(w->run != MAP_FAILED);
	NEED(!world_init(w, w->vcpu, PSCI_0_2));
}

/* Only so many bytes as the id says are written. */
static int get(const struct world *w, uint64_t id, uint64_t *val)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)val};

	*val = 0;
	return ioctl(w->vcpu, KVM_GET_ONE_REG, &reg);
}

static int set(const struct world *w, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&val};

	return ioctl(w->vcpu, KVM_SET_ONE_REG, &reg);
}

static uint64_t value(const struct world *w, uint64_t id)
{
	uint64_t val;

	NEED(!get(w, id, &val));
	return val;
}

static void put(const struct world *w, uint64_t id, uint64_t val)
{
	NEED(!set(w, id, val));
}

/* The guest executes @code in Supervisor mode until it exits; R1 is where there
 * is no memory. */
static void guest_runs(const struct world *w, const uint32_t *code,
		       unsigned int n)
{
	/* What it stored last is done by the next KVM_RUN, which moves PC. */
	w->run->immediate_exit = 1;
	REFUSED(ioctl(w->vcpu, KVM_RUN, 0), EINTR);
	w->run->immediate_exit = 0;
	memcpy(w->ram, code, n * sizeof(*code));
	put(w, CORE(1), GUEST_MMIO);
	put(w, CORE(15), GUEST_BASE);
	put(w, CPSR, 0x1d3);
	OK(ioctl(w->vcpu, KVM_RUN, 0));
}

/* What it stores, by str r0, [r1]. */
static uint32_t guest_stores(const struct world *w, const uint32_t *code,
			     unsigned int n)
{
	uint32_t val;

	guest_runs(w, code, n);
	EQUAL(w->run->exit_reason, KVM_EXIT_MMIO);
	EQUAL(w->run->mmio.phys_addr, GUEST_MMIO);
	EQUAL(w->run->mmio.is_write, 1);
	EQUAL(w->run->mmio.len, 4);
	memcpy(&val, w->run->mmio.data, sizeof(val));
	return val;
}

/* ---- cases --------------------------------------------------------------- */

static void targets(void)
{
	struct kvm_vcpu_init init = {.target = 0};
	struct world w;
	int second;

	world_open(&w);
	REFUSED(ioctl(w.kvm, KVM_CREATE_VM, 1), EINVAL);
	init.target = !w.target;
	REFUSED(ioctl(w.vcpu, KVM_ARM_VCPU_INIT, &init), EINVAL);
	init.target = 5;
	REFUSED(ioctl(w.vcpu, KVM_ARM_VCPU_INIT, &init), EINVAL);
	/* The features stay as they were, POWER_OFF too. */
	REFUSED(world_init(&w, w.vcpu, 0), EINVAL);
	REFUSED(world_init(&w, w.vcpu, PSCI_0_2 | POWER_OFF), EINVAL);
	REFUSED(world_init(&w, w.vcpu, PSCI_0_2 | 4), ENOENT);
	OK(world_init(&w, w.vcpu, PSCI_0_2));
	second = ioctl(w.vm, KVM_CREATE_VCPU, 1);
	NEED(second >= 0);
	REFUSED(world_init(&w, second, 1u << 31), ENOENT);
	init = (struct kvm_vcpu_init){.target = w.target, .features = {0, 1}};
	REFUSED(ioctl(second, KVM_ARM_VCPU_INIT, &init), ENOENT);
	OK(world_init(&w, second, PSCI_0_2 | POWER_OFF));
}

static void capabilities(void)
{
	static const struct {
		int number, value;
	} rows[] = {
		{KVM_CAP_IRQCHIP, 1},
		{KVM_CAP_NR_MEMSLOTS, 32},
		{KVM_CAP_MAX_VCPUS, 512},
		{KVM_CAP_ONE_REG, 1},
		{KVM_CAP_ARM_PSCI, 1},
		{KVM_CAP_ARM_PSCI_0_2, 1},
		{KVM_CAP_ARM_SET_DEVICE_ADDR, 1},
		{KVM_CAP_READONLY_MEM, 1},
		{KVM_CAP_MP_STATE, 1},
		{KVM_CAP_VCPU_EVENTS, 1},
		{KVM_CAP_ARM_USER_IRQ, 1},
		{KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, 1},
		{KVM_CAP_ARM_NISV_TO_USER, 1},
		{KVM_CAP_ARM_INJECT_EXT_DABT, 1},
		{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 1},
		{KVM_CAP_SET_GUEST_DEBUG, 0},
		{KVM_CAP_GUEST_DEBUG_HW_BPS, 0},
		{KVM_CAP_ARM_EL1_32BIT, 0},
		{KVM_CAP_ARM_PMU_V3, 0},
		{KVM_CAP_ARM_VM_IPA_SIZE, 0},
		{KVM_CAP_VCPU_ATTRIBUTES, 0},
		{KVM_CAP_SYSTEM_EVENT_DATA, 0},
		{KVM_CAP_BINARY_STATS_FD, 0},
		{KVM_CAP_HALT_POLL, 0},
		{KVM_CAP_STEAL_TIME, 0},
		{KVM_CAP_USER_MEMORY2, 0},
	};
	struct world w;

	world_vm(&w);
	for (size_t k = 0; k < ROWS(rows); k++)
		if (ioctl(w.vm, KVM_CHECK_EXTENSION, rows[k].number) !=
		    rows[k].value) {
			printf("     capability %d\n", rows[k].number);
			CHECK(false);
		}
	REFUSED(abi_enable(w.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 3),
		EINVAL);
	OK(abi_enable(w.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 1));
	OK(abi_enable(w.vm, KVM_CAP_ARM_NISV_TO_USER, 0, 0));
	REFUSED(abi_enable(w.vm, KVM_CAP_HALT_POLL, 0, 0), EINVAL);
}

/* As they are listed, with what a reset leaves. */
static const struct {
	uint64_t id, value;
} cp15_rows[] = {
	{CP15(0, 0, 0, 5), 0x80000000},  {CP15(2, 0, 0, 0), 0xdecafbad},
	{CP15(0, 1, 0, 0), 0},           {CP15(0, 1, 0, 1), 0},
	{CP15(0, 1, 0, 2), 0},           {CP15_64(0, 2), 0xd0c0ffeedecafbad},
	{CP15(0, 2, 0, 0), 0xdecafbad},  {CP15(0, 2, 0, 1), 0xdecafbad},
	{CP15(0, 2, 0, 2), 0},           {CP15_64(1, 2), 0xd0c0ffeedecafbad},
	{CP15(0, 3, 0, 0), 0xdecafbad},  {CP15(0, 5, 0, 0), 0xdecafbad},
	{CP15(0, 5, 0, 1), 0xdecafbad},  {CP15(0, 5, 1, 0), 0xdecafbad},
	{CP15(0, 5, 1, 1), 0xdecafbad},  {CP15(0, 6, 0, 0), 0xdecafbad},
	{CP15(0, 6, 0, 2), 0xdecafbad},  {CP15_64(0, 7), 0xd0c0ffeedecafbad},
	{CP15(1, 9, 0, 2), 0},           {CP15(0, 10, 2, 0), 0xdecafbad},
	{CP15(0, 10, 2, 1), 0xdecafbad}, {CP15(0, 10, 3, 0), 0xdecafbad},
	{CP15(0, 10, 3, 1), 0xdecafbad}, {CP15(0, 12, 0, 0), 0},
	{CP15(0, 13, 0, 1), 0},          {CP15(0, 13, 0, 2), 0xdecafbad},
	{CP15(0, 13, 0, 3), 0xdecafbad}, {CP15(0, 13, 0, 4), 0xdecafbad},
	{CP15(0, 14, 1, 0), 0},
};

/* Those of the host, as they are listed; of Cortex-A15 and Cortex-A7. */
static const struct {
	uint64_t id;
	uint32_t value[2];
} id_rows[] = {
	{CP15(0, 0, 0, 0), {0x414fc0f0, 0x410fc075}},
	{CP15(0, 0, 0, 1), {0x8444c004, 0x84448003}},
	{CP15(0, 0, 0, 2), {0, 0}},
	{CP15(0, 0, 0, 3), {0, 0}},
	{CP15(0, 0, 0, 6), {0, 0}},
	{CP15(1, 0, 0, 1), {0x0a200023, 0x0a200023}},
	{CP15(1, 0, 0, 7), {0, 0}},
	/* No ThumbEE here, which a real one has. */
	{CP15(0, 0, 1, 0), {0x131, 0x131}},
	{CP15(0, 0, 1, 1), {0x11011, 0x11011}},
	/* Nor performance monitors, which KVM lets nobody use. */
	{CP15(0, 0, 1, 2), {0x10555, 0x10555}},
	{CP15(0, 0, 1, 3), {0, 0}},
	{CP15(0, 0, 1, 4), {0x10201105, 0x10101105}},
	{CP15(0, 0, 1, 5), {0x20000000, 0x40000000}},
	{CP15(0, 0, 1, 6), {0x1240000, 0x1240000}},
	{CP15(0, 0, 1, 7), {0x2102211, 0x2102211}},
	{CP15(0, 0, 2, 0), {0x2101110, 0x2101110}},
	{CP15(0, 0, 2, 1), {0x13112111, 0x13112111}},
	{CP15(0, 0, 2, 2), {0x21232041, 0x21232041}},
	{CP15(0, 0, 2, 3), {0x1112131, 0x1112131}},
	{CP15(0, 0, 2, 4), {0x11142, 0x11142}},
	{CP15(0, 0, 2, 5), {0, 0}},
};

static void reg_list(void)
{
	static const uint64_t vfp[] = {
		VFP(0x1008), VFP(0x1001), VFP(0x1009), VFP(0x100a),
		VFP(0x1007), VFP(0x1006), VFP(0x1000),
	};
	struct {
		struct kvm_reg_list head;
		uint64_t id[200];
	} list = {.head.n = 10};
	uint64_t *id = list.id;
	struct world w;

	world_open(&w);
	REFUSED(ioctl(w.vcpu, KVM_GET_REG_LIST, &list), E2BIG);
	EQUAL(list.head.n, 38 + 3 + 3 + 21 + 29 + 32 + 7 + 3);
	OK(ioctl(w.vcpu, KVM_GET_REG_LIST, &list));
	for (unsigned int n = 0; n < 38; n++)
		EQUAL(*id++, CORE(n));
	for (unsigned int n = 0; n < 3; n++)
		EQUAL(*id++, FW(n));
	EQUAL(*id++, TIMER_CTL);
	EQUAL(*id++, TIMER_CNT);
	EQUAL(*id++, TIMER_CVAL);
	for (size_t k = 0; k < ROWS(id_rows); k++)
		EQUAL(*id++, id_rows[k].id);
	for (size_t k = 0; k < ROWS(cp15_rows); k++)
		EQUAL(*id++, cp15_rows[k].id);
	for (unsigned int n = 0; n < 32; n++)
		EQUAL(*id++, D(n));
	for (size_t k = 0; k < ROWS(vfp); k++)
		EQUAL(*id++, vfp[k]);
	for (unsigned int n = 0; n < 3; n++)
		EQUAL(*id++, CCSIDR(n));
}

static void after_reset(void)
{
	struct world w;

	world_open(&w);
	for (unsigned int n = 0; n < 38; n++)
		EQUAL(value(&w, CORE(n)), n == 16 ? 0x1d3 : 0);
	for (size_t k = 0; k < ROWS(cp15_rows); k++) {
		uint64_t want = cp15_rows[k].value;

		if (cp15_rows[k].id == CP15(0, 1, 0, 0)) /* SCTLR */
			want = w.target ? 0x00c50878 : 0x00c50078;
		if (cp15_rows[k].id == CP15(0, 1, 0, 1)) /* ACTLR: alone */
			want = w.target ? 0x6000 : 0;
		if (cp15_rows[k].id ==
		    CP15(1, 9, 0, 2)) /* L2CTLR: it has a GIC */
			want = 1u << 23;
		EQUAL(value(&w, cp15_rows[k].id), want);
	}
	EQUAL(value(&w, VFP(0x1008)), 0);
	EQUAL(value(&w, VFP(0x1001)), 0);
	EQUAL(value(&w, FW(0)), 0x10000);
	EQUAL(value(&w, FW(1)), w.target ? 2 : 1);
	EQUAL(value(&w, FW(2)), 1);
}

static void of_the_host(void)
{
	struct world w;

	world_open(&w);
	for (size_t k = 0; k < ROWS(id_rows); k++) {
		uint64_t val = value(&w, id_rows[k].id);

		EQUAL(val, id_rows[k].value[w.target]);
		OK(set(&w, id_rows[k].id, val));
		REFUSED(set(&w, id_rows[k].id, val ^ 1), EINVAL);
	}
	/* They are found under any coprocessor's number. */
	EQUAL(value(&w, (CP15(0, 0, 0, 0) & ~0xfff0000ull) | 0x130000),
	      id_rows[0].value[w.target]);
	EQUAL(value(&w, VFP(0x1000)), w.target ? 0x41023075 : 0x410430f0);
	EQUAL(value(&w, VFP(0x1007)), 0x10110222);
	REFUSED(set(&w, VFP(0x1000), 0), EINVAL);
	REFUSED(set(&w, VFP(0x1006), 0), EINVAL);
	EQUAL(value(&w, CCSIDR(0)), w.target ? 0x700fe01a : 0x701fe00a);
	REFUSED(set(&w, CCSIDR(0), 0), EINVAL);
	OK(set(&w, CCSIDR(1), w.target ? 0x203fe009 : 0x201fe00a));
}

static void no_such_register(void)
{
	static const struct {
		uint64_t id;
		int err;
	} rows[] = {
		{0x6020000000100000, EINVAL}, /* arm64's */
		{CORE(0) | 1ull << 32, EINVAL},
		{CORE(38), ENOENT},
		{CORE(0) | 1u << 28, ENOENT},
		{ARM | U64 | 0x100000, ENOENT},
		{FW(3), ENOENT},
		{FW(0) | 1u << 28, ENOENT},
		{CP15(0, 14, 2, 1), ENOENT}, /* PTIMER_CTL */
		{CP15_64(0, 14), ENOENT},    /* PTIMER_CNT */
		{CP15(0, 0, 0, 4), ENOENT},
		{CP15(0, 1, 0, 0) | 1u << 28, ENOENT}, /* the secure one */
		{CP15(0, 9, 12, 0), ENOENT},           /* PMCR */
		{CP15(0, 1, 0, 0) ^ U32 ^ U64, ENOENT},
		{D(32), ENOENT},
		{D(0) ^ U32 ^ U64, ENOENT},
		{VFP(0x1005), ENOENT},
		{VFP(0x1001) ^ U32 ^ U64, ENOENT},
		{CCSIDR(3), ENOENT},
		{CCSIDR(4), ENOENT},
		{CCSIDR(12), ENOENT},
		{CCSIDR(0x100), ENOENT},
		{CCSIDR(0) ^ U32 ^ U64, ENOENT},
		{ARM | U32 | 0x130000 | 1 << 11, ENOENT},
	};
	struct kvm_one_reg reg = {.id = CORE(0)};
	struct world w;
	uint64_t val;

	world_open(&w);
	for (size_t k = 0; k < ROWS(rows); k++) {
		ROW(get(&w, rows[k].id, &val), rows[k].err, "get");
		ROW(set(&w, rows[k].id, 0), rows[k].err, "set");
	}
	REFUSED(ioctl(w.vcpu, KVM_GET_ONE_REG, &reg), EFAULT);
	reg.id = CP15(0, 1, 0, 0);
	REFUSED(ioctl(w.vcpu, KVM_SET_ONE_REG, &reg), EFAULT);
}

static void modes(void)
{
	struct world w;

	world_open(&w);
	for (unsigned int mode = 0; mode < 0x20; mode++) {
		bool good = (mode >= 0x10 && mode <= 0x13) || mode == 0x17 ||
			    mode == 0x1b;

		ROW(set(&w, CPSR, mode), good ? 0 : EINVAL, "CPSR");
		if (good)
			EQUAL(value(&w, CPSR), mode);
	}
}

/* Each mode's own are to be had in any mode, and the guest has the same. */
static void banks(void)
{
	static const uint32_t code[] = {
		0xe1010300,                /* mrs r0, SP_irq */
		A32_STR_R0_R1, 0xe14e0200, /* mrs r0, SPSR_fiq */
		A32_STR_R0_R1, 0xe1a0000d, /* mov r0, sp */
		A32_STR_R0_R1,
	};
	struct world w;

	world_open(&w);
	for (unsigned int n = 0; n < 38; n++)
		if (n != 16)
			put(&w, CORE(n), 0x1000 + n);
	put(&w, CPSR, 0x1d1);
	for (unsigned int n = 0; n < 38; n++)
		if (n != 16)
			EQUAL(value(&w, CORE(n)), 0x1000 + n);
	EQUAL(guest_stores(&w, code, ROWS(code)), 0x1000 + 27);
	OK(ioctl(w.vcpu, KVM_RUN, 0));
	EQUAL(*(uint16_t *)w.run->mmio.data, 0x1000 + 37);
	OK(ioctl(w.vcpu, KVM_RUN, 0));
	EQUAL(*(uint16_t *)w.run->mmio.data, 0x1000 + 18);
	EQUAL(value(&w, CORE(17)), 0x1000 + 17);
}

static void halves_and_vfp(void)
{
	struct world w;

	world_open(&w);
	put(&w, CP15_64(0, 2), 0x1122334455667788);
	EQUAL(value(&w, CP15(0, 2, 0, 0)), 0x55667788);
	put(&w, CP15(0, 2, 0, 0), 0x99);
	EQUAL(value(&w, CP15_64(0, 2)), 0x1122334400000099);
	put(&w, CP15(0, 6, 0, 0), 1);
	put(&w, CP15(0, 6, 0, 2), 2);
	EQUAL(value(&w, CP15(0, 6, 0, 0)), 1);
	EQUAL(value(&w, CP15(0, 6, 0, 2)), 2);
	put(&w, CP15(0, 10, 2, 1), 3);
	EQUAL(value(&w, CP15(0, 10, 2, 0)), 0xdecafbad);
	for (uint64_t n = 0; n < 32; n++)
		put(&w, D(n), n << 32 | 7);
	for (uint64_t n = 0; n < 32; n++)
		EQUAL(value(&w, D(n)), n << 32 | 7);
	put(&w, VFP(0x1001), 0xa3c0009f);
	EQUAL(value(&w, VFP(0x1001)), 0xa3c0009f);
	put(&w, VFP(0x1009), 5);
	put(&w, VFP(0x100a), 6);
	EQUAL(value(&w, VFP(0x1009)), 5);
	EQUAL(value(&w, VFP(0x100a)), 6);
	put(&w, TIMER_CVAL, 0x123456789);
	EQUAL(value(&w, TIMER_CVAL), 0x123456789);
	put(&w, TIMER_CNT, 0);
	CHECK(value(&w, TIMER_CNT) < 24000000ull * 60);
	put(&w, TIMER_CTL, 2);
	EQUAL(value(&w, TIMER_CTL), 2);
}

/* What a guest reads by MRC of CP15 or CP14: a word, or no such register. */
static void coprocessors(void)
{
	static const struct {
		uint32_t mrc; /* to R0 */
		bool undefined;
		uint32_t value[2];
	} rows[] = {
		{0xee100f10, false, {0x414fc0f0, 0x410fc075}}, /* MIDR */
		{0xee300f30, false, {0x0a200023, 0x0a200023}}, /* CLIDR */
		{0xee100f11, false, {0x131, 0x131}},           /* ID_PFR0 */
		{0xee110f10, false, {0x00c50078, 0x00c50878}}, /* SCTLR */
		{0xee110f30, false, {0, 0x6000}},              /* ACTLR */
		{0xee110f70, true, {0, 0}},                    /* ACTLR2 */
		{0xee390f50, false, {1 << 23, 1 << 23}},       /* L2CTLR */
		{0xee390f70, false, {0, 0}},                   /* L2ECTLR */
		{0xee9f0f10, false, {0, 0}},                   /* CBAR */
		{0xee190f1c, false, {0, 0}},                   /* PMCR */
		{0xee190f1d, false, {0, 0}},                   /* PMCCNTR */
		{0xee190f9c, true, {0, 0}},                    /* PMSWINC */
		{0xee190f7e, true, {0, 0}},                    /* PMOVSSET */
		{0xee1e0f18, true, {0, 0}},                    /* PMEVCNTR0 */
		{0xee100e10, false, {0, 0}},                   /* DBGDIDR */
		{0xee110e94, false, {0, 0}}, /* none in CP14 either */
	};
	struct world w;

	world_open(&w);
	for (size_t k = 0; k < ROWS(rows); k++) {
		const uint32_t code[] = {
			[0] = rows[k].mrc,    [1] = A32_STR_R0_R1,
			[2] = A32_B_SELF,     [0x101] = A32_STR_R2_R1,
			[0x102] = A32_B_SELF,
		};
		uint32_t want =
			rows[k].undefined ? 0xbad : rows[k].value[w.target];

		OK(world_init(&w, w.vcpu, PSCI_0_2));
		put(&w, CP15(0, 12, 0, 0), GUEST_BASE + 0x400);
		put(&w, CORE(2), 0xbad);
		EQUAL(guest_stores(&w, code, ROWS(code)), want);
	}
}

/* Instructions of Armv8 alone, and what is older among them. */
static void instructions(void)
{
	static const struct {
		uint32_t insn;
		bool undefined;
	} rows[] = {
		{0xe1930c9f, true},  /* lda r0, [r3] */
		{0xe183fc90, true},  /* stl r0, [r3] */
		{0xe1930e9f, true},  /* ldaex r0, [r3] */
		{0xe1930f9f, false}, /* ldrex r0, [r3] */
		{0xe1000044, true},  /* crc32b r0, r0, r4 */
		{0xe1000070, true},  /* hlt 0 */
		{0xfe000a00, true},  /* vseleq.f32 s0, s0, s0 */
		{0xfe800a00, true},  /* vmaxnm.f32 s0, s0, s0 */
		{0xfeb80a40, true},  /* vrinta.f32 s0, s0 */
		{0xeeb60a40, true},  /* vrintr.f32 s0, s0 */
		{0xfebc0a40, true},  /* vcvta.u32.f32 s0, s0 */
		{0xeebc0ac0, false}, /* vcvt.u32.f32 s0, s0 */
		{0xeeb20b40, true},  /* vcvtb.f64.f16 d0, s0 */
		{0xeeb20a40, false}, /* vcvtb.f32.f16 s0, s0 */
		{0xf3000f10, true},  /* vmaxnm.f32 d0, d0, d0 */
		{0xf2000f00, false}, /* vmax.f32 d0, d0, d0 */
		{0xf3ba0400, true},  /* vrintn.f32 d0, d0 */
		{0xf3bb0000, true},  /* vcvta.s32.f32 d0, d0 */
		{0xf3bb0700, false}, /* vcvt.s32.f32 d0, d0 */
		{0xf3b00300, true},  /* aese.8 q0, q0 */
		{0xeea00a00, false}, /* vfma.f32 s0, s0, s0 */
		{0xe710f010, false}, /* sdiv r0, r0, r0 */
		{0xe320f005, false}, /* sevl, a hint without meaning */
	};
	struct world w;

	world_open(&w);
	for (size_t k = 0; k < ROWS(rows); k++) {
		const uint32_t code[] = {
			[0] = rows[k].insn,
			[1] = 0xe3a00001, /* mov r0, 1 */
			[2] = A32_STR_R0_R1,
			[3] = A32_B_SELF,
			[0x101] = A32_STR_R2_R1,
			[0x102] = A32_B_SELF,
		};
		uint32_t got;

		OK(world_init(&w, w.vcpu, PSCI_0_2));
		put(&w, CP15(0, 12, 0, 0), GUEST_BASE + 0x400);
		put(&w, CP15(0, 1, 0, 2), 0xf00000); /* CPACR */
		put(&w, VFP(0x1008), 1 << 30);       /* FPEXC */
		put(&w, CORE(2), 0xbad);
		put(&w, CORE(3), GUEST_BASE + 0x800);
		got = guest_stores(&w, code, ROWS(code));
		if ((got == 0xbad) != rows[k].undefined)
			printf("     %#x\n", rows[k].insn);
		EQUAL(got, rows[k].undefined ? 0xbad : 1);
	}
}

/* The 32-bit calls of PSCI 1.0; 1.1 came later. */
static void psci(void)
{
	static const struct {
		uint32_t fn, arg, r0;
	} rows[] = {
		{0x84000000, 0, 0x10000},      {0x8400000a, 0x84000008, 0},
		{0x8400000a, 0x84000012, -1u}, /* SYSTEM_RESET2 */
		{0x8400000a, 0x8400000e, -1u}, /* SYSTEM_SUSPEND */
		{0x80000000, 0, 0x10001},      /* SMCCC_VERSION */
		{0x84000050, 0, -1u},          /* TRNG_VERSION */
		{0x8600ff01, 0, -1u},          /* vendor UID */
		{0xc4000003, 0, -1u},          /* a 64-bit one */
	};
	static const uint32_t call[] = {
		0xe1a05001,             /* mov r5, r1 */
		0xe1a01004,             /* mov r1, r4 */
		A32_HVC,    0xe5850000, /* str r0, [r5] */
		A32_B_SELF,
	};
	struct world w;

	world_open(&w);
	OK(set(&w, FW(0), 2));
	OK(set(&w, FW(0), 0x10000));
	REFUSED(set(&w, FW(0), 0x10001), EINVAL);
	REFUSED(set(&w, FW(0), 1), EINVAL);
	OK(set(&w, FW(2), 0));
	REFUSED(set(&w, FW(2), 3), EINVAL);
	for (size_t k = 0; k < ROWS(rows); k++) {
		put(&w, CORE(0), rows[k].fn);
		put(&w, CORE(4), rows[k].arg);
		EQUAL(guest_stores(&w, call, ROWS(call)), rows[k].r0);
	}
	put(&w, CORE(0), 0x84000008);
	guest_runs(&w, call, ROWS(call));
	EQUAL(w.run->exit_reason, KVM_EXIT_SYSTEM_EVENT);
	EQUAL(w.run->system_event.type, KVM_SYSTEM_EVENT_SHUTDOWN);
	EQUAL(w.run->system_event.ndata, 0);
	EQUAL(w.run->system_event.flags, 0);
}

/* SMC is nobody's: R0 is -1 and it goes on behind it. */
static void smc(void)
{
	static const uint32_t code[] = {
		0xe1600070, /* smc 0 */
		A32_STR_R0_R1,
	};
	struct world w;

	world_open(&w);
	put(&w, CORE(0), 0x84000000);
	EQUAL(guest_stores(&w, code, ROWS(code)), -1u);
}

/* Four cores make one; what they say of it is as many as there are when they are
 * initialised. */
static void clusters(void)
{
	struct world w, other;

	world_open(&w);
	other = w;
	for (unsigned int id = 1; id < 6; id++) {
		other.vcpu = ioctl(w.vm, KVM_CREATE_VCPU, id);
		NEED(other.vcpu >= 0);
		OK(world_init(&w, other.vcpu, PSCI_0_2 | POWER_OFF));
		EQUAL(value(&other, CP15(0, 0, 0, 5)),
		      0x80000000 | id >> 2 << 8 | (id & 3));
	}
	EQUAL(value(&other, CP15(1, 9, 0, 2)), 1u << 23 | 1u << 24);
	OK(world_init(&w, w.vcpu, PSCI_0_2));
	EQUAL(value(&w, CP15(0, 1, 0, 1)), w.target ? 0x6040 : 0x40);
	EQUAL(value(&w, CP15(1, 9, 0, 2)), 1u << 23 | 3u << 24);
}

static void requests(void)
{
	struct kvm_mp_state state = {.mp_state = KVM_MP_STATE_STOPPED};
	struct kvm_vcpu_events events = {
		.exception = {.serror_pending = 1, .serror_has_esr = 1}};
	struct kvm_userspace_memory_region slot = {
		.slot = 32,
		.guest_phys_addr = 0x80000000,
		.memory_size = 0x1000,
	};
	struct kvm_device_attr attr = {.group = 0, .attr = 0};
	uint32_t number = 0;
	char big[0x250] = {0};
	struct world w;

	world_open(&w);
	OK(ioctl(w.vcpu, KVM_SET_MP_STATE, &state));
	OK(ioctl(w.vcpu, KVM_GET_MP_STATE, &state));
	EQUAL(state.mp_state, KVM_MP_STATE_STOPPED);
	state.mp_state = KVM_MP_STATE_SUSPENDED;
	REFUSED(ioctl(w.vcpu, KVM_SET_MP_STATE, &state), EINVAL);
	REFUSED(ioctl(w.vcpu, KVM_SET_VCPU_EVENTS, &events), EINVAL);
	events.exception.serror_pending = 0;
	OK(ioctl(w.vcpu, KVM_SET_VCPU_EVENTS, &events));
	OK(ioctl(w.vcpu, KVM_GET_VCPU_EVENTS, &events));
	EQUAL(events.exception.serror_has_esr, 0);
	/* KVM_GET_REGS, GET_SREGS, GET_FPU, SET_GUEST_DEBUG in its sizes. */
	REFUSED(ioctl(w.vcpu, 0x8098ae81ul, big), EINVAL);
	REFUSED(ioctl(w.vcpu, 0x8000ae83ul, big), EINVAL);
	REFUSED(ioctl(w.vcpu, 0x8000ae8cul, big), EINVAL);
	REFUSED(ioctl(w.vcpu, 0x4008ae9bul, big), EINVAL);
	REFUSED(ioctl(w.vcpu, 0x4008ae9bul, NULL), EFAULT);
	REFUSED(ioctl(w.vcpu, KVM_SET_GUEST_DEBUG, big), EINVAL);
	REFUSED(ioctl(w.vcpu, KVM_ARM_VCPU_FINALIZE, &number), EINVAL);
	REFUSED(ioctl(w.vcpu, KVM_GET_STATS_FD, NULL), EINVAL);
	REFUSED(ioctl(w.vm, KVM_GET_STATS_FD, NULL), EINVAL);
	REFUSED(ioctl(w.vcpu, KVM_HAS_DEVICE_ATTR, &attr), ENXIO); /* PMU */
	attr.group = KVM_ARM_VCPU_TIMER_CTRL;
	OK(ioctl(w.vcpu, KVM_HAS_DEVICE_ATTR, &attr));
	REFUSED(ioctl(w.vm, KVM_SET_USER_MEMORY_REGION, &slot), EINVAL);
	slot.slot = 31;
	slot.userspace_addr = (uintptr_t)w.ram;
	OK(ioctl(w.vm, KVM_SET_USER_MEMORY_REGION, &slot));
	slot.slot = 30;
	slot.guest_phys_addr = 1ull << 40;
	REFUSED(ioctl(w.vm, KVM_SET_USER_MEMORY_REGION, &slot), EFAULT);
}

/* KVM_CREATE_IRQCHIP, its frames by KVM_ARM_SET_DEVICE_ADDR, and lines. */
static void irqchip(void)
{
	struct kvm_arm_device_addr addr = {.id = 0, .addr = GUEST_GICD};
	struct kvm_irq_level line = {.irq = 1u << 24 | 40, .level = 1};
	static const uint32_t code[] = {
		0xe3a03302, /* mov r3, GUEST_GICD */
		0xe5930004, /* ldr r0, [r3, 4]: GICD_TYPER */
		A32_STR_R0_R1,
	};
	struct world w;

	world_open(&w);
	line.irq = 0;
	OK(ioctl(w.vm, KVM_IRQ_LINE, &line)); /* a vCPU's own IRQ */
	line.irq = 1u << 16;
	REFUSED(ioctl(w.vm, KVM_IRQ_LINE, &line), EINVAL);
	OK(ioctl(w.vm, KVM_CREATE_IRQCHIP, 0));
	REFUSED(ioctl(w.vm, KVM_CREATE_IRQCHIP, 0), EEXIST);
	OK(ioctl(w.vm, KVM_ARM_SET_DEVICE_ADDR, &addr));
	REFUSED(ioctl(w.vm, KVM_ARM_SET_DEVICE_ADDR, &addr), EEXIST);
	addr = (struct kvm_arm_device_addr){.id = 1, .addr = GUEST_GICC};
	OK(ioctl(w.vm, KVM_ARM_SET_DEVICE_ADDR, &addr));
	addr.id = 3;
	REFUSED(ioctl(w.vm, KVM_ARM_SET_DEVICE_ADDR, &addr), ENODEV);
	line.irq = 1u << 24 | 40;
	OK(ioctl(w.vm, KVM_IRQ_LINE, &line));
	line.irq = 2u << 24 | 1u << 16 | 20;
	REFUSED(ioctl(w.vm, KVM_IRQ_LINE, &line), EINVAL);
	line.irq = 2u << 24 | 20;
	OK(ioctl(w.vm, KVM_IRQ_LINE, &line));
	line.irq = 3u << 24;
	REFUSED(ioctl(w.vm, KVM_IRQ_LINE, &line), EINVAL);
	EQUAL(guest_stores(&w, code, ROWS(code)) & 0x1f, 7);
}

/* ---- a kernel of 32 bits ------------------------------------------------- */

#define LOG_BASE  0x80000000ull
#define LOG_PAGES 20

/* The guest writes the fourth page of slot 1. */
static void guest_writes_logged(const struct world *w)
{
	static const uint32_t code[] = {
		0xe5830000, /* str r0, [r3] */
		A32_STR_R0_R1,
	};

	put(w, CORE(3), LOG_BASE + 0x3000);
	guest_stores(w, code, ROWS(code));
}

static void log_open(struct world *w)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 1,
		.flags = KVM_MEM_LOG_DIRTY_PAGES,
		.guest_phys_addr = LOG_BASE,
		.memory_size = LOG_PAGES * 0x1000,
	};
	void *host = mmap(NULL, slot.memory_size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	world_open(w);
	NEED(host != MAP_FAILED);
	slot.userspace_addr = (uintptr_t)host;
	NEED(!ioctl(w->vm, KVM_SET_USER_MEMORY_REGION, &slot));
	guest_writes_logged(w);
}

/* Bitmaps are longs of 32 bits, and nothing behind them is written or read. */
static void dirty_log(void)
{
	uint32_t *last = (uint32_t *)abi_bad_pointer(0, 4) - 1;
	uint32_t bits[2] = {0, 0x5a5a5a5a};
	struct kvm_dirty_log log = {.slot = 1, .dirty_bitmap = bits};
	struct kvm_clear_dirty_log clear = {
		.slot = 1,
		.num_pages = LOG_PAGES,
		.dirty_bitmap = last,
	};
	struct world w;

	log_open(&w);
	OK(ioctl(w.vm, KVM_GET_DIRTY_LOG, &log));
	EQUAL(bits[0], 8);
	EQUAL(bits[1], 0x5a5a5a5a);
	OK(abi_enable(w.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 1));
	guest_writes_logged(&w);
	log.dirty_bitmap = last;
	OK(ioctl(w.vm, KVM_GET_DIRTY_LOG, &log));
	EQUAL(*last, 8);
	OK(ioctl(w.vm, KVM_CLEAR_DIRTY_LOG, &clear));
	OK(ioctl(w.vm, KVM_GET_DIRTY_LOG, &log));
	EQUAL(*last, 0);
	log.dirty_bitmap = (char *)last + 1;
	REFUSED(ioctl(w.vm, KVM_GET_DIRTY_LOG, &log), EFAULT);
	clear.dirty_bitmap = (char *)last + 1;
	REFUSED(ioctl(w.vm, KVM_CLEAR_DIRTY_LOG, &clear), EFAULT);
}

#ifdef __arm__
/* Where a structure has 64 bits for a pointer, the upper ones are nothing to it, as
 * of one that was cast with its sign; a guest's address has them all. */
static void pointers(void)
{
	const uint64_t upper = 0xffffffff00000000;
	int ppi = 20;
	uint32_t bits = 0, val = 0;
	struct kvm_one_reg reg = {.id = CPSR, .addr = upper | (uintptr_t)&val};
	struct kvm_device_attr attr = {
		.group = KVM_ARM_VCPU_TIMER_CTRL,
		.addr = upper | (uintptr_t)&ppi,
	};
	struct kvm_dirty_log log = {.slot = 1,
				    .padding2 = upper | (uintptr_t)&bits};
	struct kvm_userspace_memory_region slot = {
		.slot = 2,
		.guest_phys_addr = LOG_BASE + LOG_PAGES * 0x1000,
		.memory_size = 0x1000,
	};
	struct kvm_arm_device_addr addr = {.id = 0, .addr = 1ull << 40};
	struct world w;

	log_open(&w);
	EQUAL(ioctl(w.kvm, KVM_GET_VCPU_MMAP_SIZE, 0), 0x2000);
	OK(ioctl(w.vcpu, KVM_GET_ONE_REG, &reg));
	CHECK(val);
	OK(ioctl(w.vcpu, KVM_SET_ONE_REG, &reg));
	OK(ioctl(w.vcpu, KVM_GET_DEVICE_ATTR, &attr));
	EQUAL(ppi, 27);
	OK(ioctl(w.vm, KVM_GET_DIRTY_LOG, &log));
	EQUAL(bits, 8);
	slot.userspace_addr = upper | (uintptr_t)w.ram;
	OK(ioctl(w.vm, KVM_SET_USER_MEMORY_REGION, &slot));
	reg.addr = upper;
	REFUSED(ioctl(w.vcpu, KVM_GET_ONE_REG, &reg), EFAULT);
	REFUSED(ioctl(w.vcpu, KVM_GET_ONE_REG, NULL), EFAULT);
	REFUSED(ioctl(-1, KVM_GET_ONE_REG, NULL), EBADF);
	world_vm(&w);
	OK(ioctl(w.vm, KVM_CREATE_IRQCHIP, 0));
	REFUSED(ioctl(w.vm, KVM_ARM_SET_DEVICE_ADDR, &addr), E2BIG);
	addr.addr = 1ull << 32;
	OK(ioctl(w.vm, KVM_ARM_SET_DEVICE_ADDR, &addr));
}
#endif

const struct abi_case cases_arm32[] = {
	{"arm32/targets-and-features", targets},
	{"arm32/capabilities", capabilities},
	{"arm32/register-list", reg_list},
	{"arm32/registers-after-reset", after_reset},
	{"arm32/registers-of-the-host", of_the_host},
	{"arm32/no-such-register", no_such_register},
	{"arm32/modes", modes},
	{"arm32/banked-registers", banks},
	{"arm32/halves-vfp-timer", halves_and_vfp},
	{"arm32/coprocessors", coprocessors},
	{"arm32/instructions", instructions},
	{"arm32/psci", psci},
	{"arm32/smc", smc},
	{"arm32/clusters", clusters},
	{"arm32/requests", requests},
	{"arm32/irqchip", irqchip},
	{"arm32/dirty-log", dirty_log},
#ifdef __arm__
	{"arm32/pointers", pointers},
#endif
	{NULL, NULL},
};
