/* SPDX-License-Identifier: MIT */
/*
 * How KVM_RUN ends: every exit reason with what struct kvm_run holds then,
 * errnos of KVM_RUN, and what the guest does that never leaves it.
 */
#include "abi.h"

#include <signal.h>
#include <sys/time.h>

#define TO_MMIO ASM_MOVZ(9, 0x0900, 1), ASM_STR(0, 9), ASM_B_SELF

static struct abi_vm v;

/* ---- memory -------------------------------------------------------------- */

static void mmio(void)
{
	static const struct {
		uint32_t insn; /* of W2 or X2 at X1 */
		uint32_t len;
		uint64_t loads; /* what 0x8887868584838281 becomes, 0: store */
	} rows[] = {
		{ASM_STRB(2, 1), 1, 0},
		{ASM_STRH(2, 1), 2, 0},
		{ASM_STR_W(2, 1), 4, 0},
		{ASM_STR(2, 1), 8, 0},
		{ASM_LDRB(2, 1), 1, 0x81},
		{ASM_LDR_W(2, 1), 4, 0x84838281},
		{ASM_LDR(2, 1), 8, 0x8887868584838281},
		/* The sign that Linux extends it takes away again. */
		{ASM_LDRSB_W(2, 1), 1, 0x81},
		{ASM_LDRSB_X(2, 1), 1, 0x81},
		{ASM_LDRSW(2, 1), 4, 0x84838281},
	};
	const uint64_t value = 0x1122334455667788, data = 0x8887868584838281;
	uint32_t code[] = {0, ASM_B_SELF};

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(rows); i++) {
		code[0] = rows[i].insn;
		abi_guest_load(&v, i * 8, code, 2);
		reg_set(v.vcpu, REG_X(1), GUEST_MMIO + 16);
		reg_set(v.vcpu, REG_X(2), value);
		memset(v.run->mmio.data, 0xee, 8);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(v.run->mmio.phys_addr, GUEST_MMIO + 16);
		EQUAL(v.run->mmio.len, rows[i].len);
		EQUAL(v.run->mmio.is_write, !rows[i].loads);
		if (!rows[i].loads)
			CHECK(!memcmp(v.run->mmio.data, &value, rows[i].len));
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + i * 8);
		memcpy(v.run->mmio.data, &data, 8);
		abi_run_nothing(&v);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + i * 8 + 4);
		EQUAL(reg_get(v.vcpu, REG_X(2)),
		      rows[i].loads ? rows[i].loads : value);
	}
}

/* The VMM made another exit of it: the access is made again. */
static void mmio_not_finished(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_LDR(2, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	v.run->exit_reason = KVM_EXIT_UNKNOWN;
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
}

static void read_only_slot(void)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 3,
		.flags = KVM_MEM_READONLY,
		.guest_phys_addr = 0x10000,
		.memory_size = 0x1000,
	};
	uint64_t value = 0x1234;

	abi_vm_open(&v, ABI_NO_GIC);
	memcpy(v.ram + 0x8000, &value, 8);
	slot.userspace_addr = (uintptr_t)v.ram + 0x8000;
	OK(ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &slot));
	GUEST(&v, 0, ASM_MOVZ(1, 1, 1), ASM_LDR(2, 1), ASM_STR(2, 1),
	      ASM_STP(2, 2, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.phys_addr, 0x10000);
	EQUAL(v.run->mmio.is_write, 1);
	EQUAL(v.run->mmio.len, 8);
	EQUAL(reg_get(v.vcpu, REG_X(2)), 0x1234);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), ENOSYS);
	EQUAL(v.run->exit_reason, KVM_EXIT_UNKNOWN);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 12);
}

/* Instructions whose syndrome does not say what they do. */
static void no_syndrome(void)
{
	static const uint32_t insns[] = {
		ASM_STP(2, 3, 1),   ASM_LDP(2, 3, 1),
		0xf8008422,                     /* str x2, [x1], #8 */
		0xf8408422,                     /* ldr x2, [x1], #8 */
		ASM_LDADD(2, 3, 1), 0x3dc00020, /* ldr q0, [x1] */
		0x3d800020,                     /* str q0, [x1] */
	};
	uint64_t isar0;

	abi_vm_open(&v, ABI_NO_GIC);
	isar0 = reg_get(v.vcpu, REG_SYS(3, 0, 0, 6, 0));
	/* Floating point is not trapped. */
	reg_set(v.vcpu, REG_SYS(3, 0, 1, 0, 2), 3 << 20);
	for (int to_user = 0; to_user < 2; to_user++) {
		for (size_t i = 0; i < ROWS(insns); i++) {
			uint32_t code[] = {insns[i], ASM_B_SELF};

			/* Atomics are not everywhere. */
			if (insns[i] == ASM_LDADD(2, 3, 1) &&
			    !(isar0 >> 20 & 15))
				continue;
			abi_guest_load(&v, (i + to_user * 16) * 8, code, 2);
			reg_set(v.vcpu, REG_X(1), GUEST_MMIO + 16);
			if (!to_user) {
				REFUSED(ioctl(v.vcpu, KVM_RUN, 0), ENOSYS);
				EQUAL(v.run->exit_reason, KVM_EXIT_UNKNOWN);
				continue;
			}
			/* Nothing is done, until the VMM does it. */
			for (int n = 0; n < 2; n++) {
				EQUAL(abi_run(&v), KVM_EXIT_ARM_NISV);
				EQUAL(v.run->arm_nisv.fault_ipa,
				      GUEST_MMIO + 16);
				EQUAL(v.run->arm_nisv.esr_iss & ~0x17full, 0);
				EQUAL(reg_get(v.vcpu, REG_X(1)),
				      GUEST_MMIO + 16);
			}
		}
		OK(abi_enable(v.vm, KVM_CAP_ARM_NISV_TO_USER, 0, 0));
	}
}

/* A slot without memory behind. */
static void memory_gone(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_STR(2, 1), ASM_LDR(3, 1), TO_MMIO);
	reg_set(v.vcpu, REG_X(1), GUEST_BASE + 0x10000);
	reg_set(v.vcpu, REG_X(2), 77);
	for (int way = 0; way < 2; way++) {
		if (way)
			NEED(!munmap(v.ram + 0x10000, 0x1000));
		else
			NEED(!mprotect(v.ram + 0x10000, 0x1000, PROT_NONE));
		for (int n = 0; n < 2; n++) {
			v.run->exit_reason = 77;
			REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EFAULT);
			EQUAL(v.run->exit_reason, KVM_EXIT_UNKNOWN);
			EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
		}
	}
	NEED(mmap(v.ram + 0x10000, 0x1000, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		  0) != MAP_FAILED);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(3)), 77);
}

/* ---- signals ------------------------------------------------------------- */

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	alarms++;
}

static void signals(void)
{
	struct sigaction act = {.sa_handler = on_alarm};
	/* Again and again: the first may come before KVM_RUN. */
	struct itimerval soon = {{.tv_usec = 20000}, {.tv_usec = 20000}};
	struct itimerval never = {0};
	struct {
		uint32_t len;
		uint8_t bits[8];
	} none = {.len = 8};
	sigset_t alrm, old;
	int before;

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_B_SELF);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v.run->exit_reason, KVM_EXIT_INTR);
	setitimer(ITIMER_REAL, &never, NULL);
	before = alarms;
	CHECK(before >= 1);
	/* One that is pending, let in by the mask of the run only. */
	sigemptyset(&alrm);
	sigaddset(&alrm, SIGALRM);
	sigprocmask(SIG_BLOCK, &alrm, &old);
	raise(SIGALRM);
	OK(ioctl(v.vcpu, KVM_SET_SIGNAL_MASK, &none));
	v.run->exit_reason = 77;
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v.run->exit_reason, KVM_EXIT_INTR);
	/* It was not taken: the mask is the thread's again. */
	sigpending(&alrm);
	EQUAL(sigismember(&alrm, SIGALRM) + alarms, before + 1);
	/* immediate_exit comes before all that, and writes nothing. */
	v.run->immediate_exit = 1;
	v.run->exit_reason = 77;
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v.run->exit_reason, 77);
	EQUAL(v.run->immediate_exit, 1);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 1), EINVAL);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
}

/* A vCPU that is off does nothing until something happens. */
static void stopped(void)
{
	struct kvm_mp_state off = {.mp_state = KVM_MP_STATE_STOPPED};
	struct sigaction act = {.sa_handler = on_alarm};
	struct itimerval soon = {{.tv_usec = 20000}, {.tv_usec = 20000}};
	struct itimerval never = {0};

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, TO_MMIO);
	sigaction(SIGALRM, &act, NULL);
	OK(ioctl(v.vcpu, KVM_SET_MP_STATE, &off));
	setitimer(ITIMER_REAL, &soon, NULL);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v.run->exit_reason, KVM_EXIT_INTR);
	setitimer(ITIMER_REAL, &never, NULL);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
	off.mp_state = KVM_MP_STATE_RUNNABLE;
	OK(ioctl(v.vcpu, KVM_SET_MP_STATE, &off));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
}

/* Without a GIC the timers' levels are told, and a change ends the run. */
static void timer_levels(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CVAL, 0);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
	GUEST(&v, 0, ASM_B_SELF);
	EQUAL(v.run->s.regs.device_irq_level, 0);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v.run->exit_reason, KVM_EXIT_INTR);
	EQUAL(v.run->s.regs.device_irq_level, KVM_ARM_DEV_EL1_VTIMER);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CVAL, 0);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CTL, 1);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v.run->s.regs.device_irq_level,
	      KVM_ARM_DEV_EL1_VTIMER | KVM_ARM_DEV_EL1_PTIMER);
	GUEST(&v, 0x100, TO_MMIO);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 0);
	GUEST(&v, 0x200, ASM_B_SELF);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v.run->s.regs.device_irq_level, KVM_ARM_DEV_EL1_PTIMER);
}

/* ---- calls --------------------------------------------------------------- */

static uint64_t offset;

/* The guest calls, by SMC or HVC; the exit reason. What follows stores X0. */
static uint32_t call(bool smc, uint64_t x0, uint64_t x1, uint64_t x2)
{
	static const uint32_t by_hvc[] = {ASM_HVC(0), TO_MMIO};
	static const uint32_t by_smc[] = {ASM_SMC(0), TO_MMIO};

	offset += 0x100;
	abi_guest_load(&v, offset, smc ? by_smc : by_hvc, 4);
	reg_set(v.vcpu, REG_X(0), x0);
	reg_set(v.vcpu, REG_X(1), x1);
	reg_set(v.vcpu, REG_X(2), x2);
	return abi_run(&v);
}

static uint64_t called(bool smc, uint64_t x0, uint64_t x1)
{
	EQUAL(call(smc, x0, x1, 0), KVM_EXIT_MMIO);
	abi_run_nothing(&v);
	return reg_get(v.vcpu, REG_X(0));
}

#define NOT_SUPPORTED (-1ull)
#define INVALID       (-2ull)
#define ALREADY_ON    (-4ull)

static void calls(void)
{
	static const struct {
		uint64_t x0, x1, result;
	} rows[] = {
		{0x84000000, 0, 0x10001},
		{0x84000006, 0, 2},
		{0x8400000a, 0x84000008, 0},
		{0x8400000a, 0x84000012, 0},
		{0x8400000a, 0xc4000012, 0},
		{0x8400000a, 0x8400000e, NOT_SUPPORTED},
		{0x8400000a, 0x80000000, 0},
		{0x8400000e, 0, NOT_SUPPORTED},
		{0xc400000e, 0, NOT_SUPPORTED},
		{0xc4000004, 0, 0},
		{0xc4000004, 5, INVALID},
		{0xc4000003, 0, ALREADY_ON},
		{0xc4000003, 5, INVALID},
		{0x84000012, 1, INVALID},
		{0x84000005, 0, NOT_SUPPORTED},
		{0x84000007, 0, NOT_SUPPORTED},
		{0x80000000, 0, 0x10001},
		{0x80000001, 0x12345678, NOT_SUPPORTED},
		{0x84000050, 0, 0x10000},
		{0x84000051, 0x84000053, 0},
		{0xc4000053, 0, 0},
		{0xc4000053, 193, INVALID},
		{0x12345678, 0, NOT_SUPPORTED},
		{0, 0, NOT_SUPPORTED},
		{0xffffffff, 0, NOT_SUPPORTED},
		{0x95c1ba60, 0, NOT_SUPPORTED},
	};
	char name[48];

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(rows) * 2; i++) {
		uint64_t x0 = rows[i / 2].x0;

		snprintf(name, sizeof(name), "%s 0x%llx of 0x%llx",
			 i & 1 ? "SMC" : "HVC", (unsigned long long)x0,
			 (unsigned long long)rows[i / 2].x1);
		abi_equal(__FILE__, __LINE__, called(i & 1, x0, rows[i / 2].x1),
			  rows[i / 2].result, name);
	}
	/* SMCs of another immediate are none of these. */
	GUEST(&v, 0xf000, ASM_MOVZ(0, 0x8400, 1), ASM_SMC(1), TO_MMIO);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(0)), NOT_SUPPORTED);
	abi_run_nothing(&v);
	GUEST(&v, 0xf100, ASM_MOVZ(0, 0x8400, 1), ASM_HVC(1), TO_MMIO);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0x10001);
}

static void system_events(void)
{
	static const struct {
		uint64_t x0, x1;
		uint32_t type, ndata;
		uint64_t data, after;
	} rows[] = {
		{0x84000008, 0, KVM_SYSTEM_EVENT_SHUTDOWN, 1, 0, -6ull},
		{0x84000009, 0, KVM_SYSTEM_EVENT_RESET, 1, 0, -6ull},
		{0x84000012, 0, KVM_SYSTEM_EVENT_RESET, 1, 1, -6ull},
		{0xc4000012, 0, KVM_SYSTEM_EVENT_RESET, 1, 1, -6ull},
		{0xc4000012, 0x80000000, KVM_SYSTEM_EVENT_RESET, 1, 1, -6ull},
		{0x8400000e, GUEST_BASE, KVM_SYSTEM_EVENT_SUSPEND, 0, 0,
		 0x8400000e},
		{0xc400000e, GUEST_BASE, KVM_SYSTEM_EVENT_SUSPEND, 0, 0,
		 0xc400000e},
	};
	struct kvm_mp_state state;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(abi_enable(v.vm, KVM_CAP_ARM_SYSTEM_SUSPEND, 0, 0));
	for (size_t i = 0; i < ROWS(rows) * 2; i++) {
		bool stops = rows[i / 2].type != KVM_SYSTEM_EVENT_SUSPEND;

		memset(&v.run->system_event, 0xee, sizeof(v.run->system_event));
		EQUAL(call(i & 1, rows[i / 2].x0, rows[i / 2].x1, 0),
		      KVM_EXIT_SYSTEM_EVENT);
		EQUAL(v.run->system_event.type, rows[i / 2].type);
		EQUAL(v.run->system_event.ndata, rows[i / 2].ndata);
		EQUAL(v.run->system_event.data[0], rows[i / 2].data);
		EQUAL(reg_get(v.vcpu, REG_X(0)), rows[i / 2].after);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + offset + 4);
		OK(ioctl(v.vcpu, KVM_GET_MP_STATE, &state));
		EQUAL(state.mp_state,
		      stops ? KVM_MP_STATE_STOPPED : KVM_MP_STATE_RUNNABLE);
		state.mp_state = KVM_MP_STATE_RUNNABLE;
		OK(ioctl(v.vcpu, KVM_SET_MP_STATE, &state));
	}
}

/* A suspended vCPU: each run says that it could go on. */
static void wakeup(void)
{
	struct kvm_mp_state state = {.mp_state = KVM_MP_STATE_SUSPENDED};
	struct kvm_irq_level line = {.irq = 0, .level = 1};
	struct sigaction act = {.sa_handler = on_alarm};
	struct itimerval soon = {{.tv_usec = 20000}, {.tv_usec = 20000}};
	struct itimerval never = {0};

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, TO_MMIO);
	sigaction(SIGALRM, &act, NULL);
	OK(ioctl(v.vcpu, KVM_SET_MP_STATE, &state));
	setitimer(ITIMER_REAL, &soon, NULL);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	setitimer(ITIMER_REAL, &never, NULL);
	OK(ioctl(v.vm, KVM_IRQ_LINE, &line));
	for (int n = 0; n < 2; n++) {
		memset(&v.run->system_event, 0xee, sizeof(v.run->system_event));
		EQUAL(abi_run(&v), KVM_EXIT_SYSTEM_EVENT);
		EQUAL(v.run->system_event.type, KVM_SYSTEM_EVENT_WAKEUP);
		EQUAL(v.run->system_event.ndata, 0);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
	}
	state.mp_state = KVM_MP_STATE_RUNNABLE;
	OK(ioctl(v.vcpu, KVM_SET_MP_STATE, &state));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
}

static void hypercalls(void)
{
	struct kvm_smccc_filter f = {.base = 0x84000000,
				     .nr_functions = 0x20,
				     .action = KVM_SMCCC_FILTER_FWD_TO_USER};

	abi_vm_open(&v, ABI_NO_GIC);
	OK(abi_attr(v.vm, KVM_SET_DEVICE_ATTR, KVM_ARM_VM_SMCCC_CTRL,
		    KVM_ARM_VM_SMCCC_FILTER, &f));
	f.base = 0x86000000;
	f.action = KVM_SMCCC_FILTER_DENY;
	OK(abi_attr(v.vm, KVM_SET_DEVICE_ATTR, KVM_ARM_VM_SMCCC_CTRL,
		    KVM_ARM_VM_SMCCC_FILTER, &f));
	for (int smc = 0; smc < 2; smc++) {
		memset(&v.run->hypercall, 0xee, sizeof(v.run->hypercall));
		EQUAL(call(smc, 0x84000008, 1, 2), KVM_EXIT_HYPERCALL);
		EQUAL(v.run->hypercall.nr, 0x84000008);
		EQUAL(v.run->hypercall.flags, smc ? KVM_HYPERCALL_EXIT_SMC : 0);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + offset + 4);
		EQUAL(reg_get(v.vcpu, REG_X(0)), 0x84000008);
		/* What the VMM says is in the registers alone. */
		v.run->hypercall.ret = 77;
		reg_set(v.vcpu, REG_X(0), 5);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(reg_get(v.vcpu, REG_X(0)), 5);
		abi_run_nothing(&v);
		/* Denied; and 64-bit calls are others. */
		EQUAL(called(smc, 0x86000000, 0), NOT_SUPPORTED);
		EQUAL(called(smc, 0xc4000004, 0), 0);
	}
}

/* ---- debugging ----------------------------------------------------------- */

static void debug(uint64_t bcr, uint64_t bvr, uint64_t wcr, uint64_t wvr)
{
	struct kvm_guest_debug dbg = {
		.control = KVM_GUESTDBG_ENABLE |
			   (bcr | wcr ? KVM_GUESTDBG_USE_HW
				      : KVM_GUESTDBG_USE_SW_BP),
	};

	dbg.arch.dbg_bcr[0] = bcr;
	dbg.arch.dbg_bvr[0] = bvr;
	dbg.arch.dbg_wcr[0] = wcr;
	dbg.arch.dbg_wvr[0] = wvr;
	OK(ioctl(v.vcpu, KVM_SET_GUEST_DEBUG, &dbg));
}

static void debug_exits(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_NOP, ASM_BRK(7), ASM_NOP, ASM_STR(0, 1), ASM_B_SELF);
	reg_set(v.vcpu, REG_X(1), GUEST_BASE + 0x8000);
	debug(0, 0, 0, 0);
	EQUAL(abi_run(&v), KVM_EXIT_DEBUG);
	EQUAL(v.run->debug.arch.hsr, 0xf2000007);
	EQUAL(v.run->debug.arch.hsr_high, 0);
	EQUAL(v.run->flags, KVM_DEBUG_ARCH_HSR_HIGH_VALID);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
	/* All bytes of the word, at EL1 and EL0. */
	debug(0x1e7, GUEST_BASE + 8, 0, 0);
	reg_set(v.vcpu, REG_PC, GUEST_BASE + 8);
	EQUAL(abi_run(&v), KVM_EXIT_DEBUG);
	EQUAL(v.run->debug.arch.hsr >> 26, 0x30);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 8);
	/* All bytes of the doubleword, loads and stores. */
	debug(0, 0, 0x1fff, GUEST_BASE + 0x8000);
	EQUAL(abi_run(&v), KVM_EXIT_DEBUG);
	EQUAL(v.run->debug.arch.hsr >> 26, 0x34);
	EQUAL(v.run->debug.arch.far, GUEST_BASE + 0x8000);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 12);
}

/* ---- what stays in the guest --------------------------------------------- */

#define EL0T 0x3c0
#define EL1H 0x3c5

/* The guest takes an exception from @pstate's level to EL1: its class. */
static uint32_t exception_from(uint64_t pstate, const uint32_t *code,
			       size_t words, uint64_t x1)
{
	static const uint32_t vector[] = {TO_MMIO};
	const uint64_t at = 0x40000 + (pstate == EL0T ? 0x400 : 0x200);

	reg_set(v.vcpu, REG_VBAR, GUEST_BASE + 0x40000);
	reg_set(v.vcpu, REG_PSTATE, pstate);
	abi_guest_load(&v, at, vector, 3);
	offset += 0x100;
	abi_guest_load(&v, offset, code, words);
	reg_set(v.vcpu, REG_X(1), x1);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + at + 4);
	abi_run_nothing(&v);
	return reg_get(v.vcpu, REG_ESR) >> 26;
}

static uint32_t exception(const uint32_t *code, size_t words, uint64_t x1)
{
	return exception_from(EL1H, code, words, x1);
}

static void stays(void)
{
	static const uint32_t jump[] = {ASM_BR(1)};
	static const uint32_t load[] = {ASM_LDR(2, 1)};
	static const uint32_t pair[] = {ASM_STP(2, 2, 1)};
	static const uint32_t undefined[] = {ASM_UDF};
	static const uint32_t el2[] = {ASM_MRS(2, SYSREG_ENC(3, 4, 1, 1, 0))};

	abi_vm_open(&v, ABI_NO_GIC);
	/* Code where no memory is. */
	EQUAL(exception(jump, 1, GUEST_MMIO), 0x21);
	EQUAL(reg_get(v.vcpu, REG_SYS(3, 0, 6, 0, 0)), GUEST_MMIO);
	/* Beyond the VM's addresses. */
	EQUAL(exception(load, 1, 1ull << 40), 0x25);
	EQUAL(reg_get(v.vcpu, REG_SYS(3, 0, 6, 0, 0)), 1ull << 40);
	EQUAL(exception(pair, 1, 1ull << 40), 0x25);
	EQUAL(exception(jump, 1, 1ull << 40), 0x21);
	EQUAL(exception(undefined, 1, 0), 0);
	EQUAL(exception(el2, 1, 0), 0);
	/* Maintenance of a cache over nothing. */
	GUEST(&v, 0x50000, ASM_SYS(3, 7, 14, 1, 1), ASM_SYS(0, 7, 6, 1, 1),
	      TO_MMIO);
	reg_set(v.vcpu, REG_X(1), GUEST_MMIO + 0x1000);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.phys_addr, GUEST_MMIO);
}

/* Beyond what the core has of physical addresses it is stage 1 that finds it. */
static void beyond_the_core(void)
{
	static const uint8_t sizes[16] = {32, 36, 40, 42, 44, 48, 52};
	static const uint32_t load[] = {ASM_LDR(2, 1)};
	static const uint32_t jump[] = {ASM_BR(1)};
	const uint64_t block = 1ull | 1ull << 10 | 3ull << 8; /* AF, inner */
	uint64_t *table, beyond;
	unsigned int bits;

	abi_vm_open(&v, ABI_NO_GIC);
	bits = sizes[reg_get(v.vcpu, REG_SYS(3, 0, 0, 7, 0)) & 15];
	beyond = 1ull << bits;
	/* The MMU is off: an address size fault of level 0. */
	EQUAL(exception(load, 1, beyond), 0x25);
	EQUAL(reg_get(v.vcpu, REG_ESR) & 0x3f, 0);
	EQUAL(reg_get(v.vcpu, REG_SYS(3, 0, 6, 0, 0)), beyond);
	EQUAL(exception(jump, 1, beyond), 0x21);
	EQUAL(reg_get(v.vcpu, REG_ESR) & 0x3f, 0);
	EQUAL(reg_get(v.vcpu, REG_SYS(3, 0, 6, 0, 0)), beyond);
	/* One below is not. */
	EQUAL(exception(load, 1, beyond / 2 + (1ull << 40)), 0x25);
	EQUAL(reg_get(v.vcpu, REG_ESR) & 0x3f, bits <= 40 ? 0 : 0x10);
	/* On: of the block's level, even if TCR_EL1.IPS allows for 48 bits. */
	if (bits >= 48)
		return;
	table = (uint64_t *)(v.ram + 0x8000);
	table[0] = block;
	table[1] = GUEST_BASE | block;
	table[2] = beyond | block;
	reg_set(v.vcpu, REG_SYS(3, 0, 10, 2, 0), 0xff); /* MAIR_EL1 */
	reg_set(v.vcpu, REG_SYS(3, 0, 2, 0, 2), 25 | 1ull << 23 | 5ull << 32);
	reg_set(v.vcpu, REG_SYS(3, 0, 2, 0, 0), GUEST_BASE + 0x8000);
	reg_set(v.vcpu, REG_SYS(3, 0, 1, 0, 0),
		reg_get(v.vcpu, REG_SYS(3, 0, 1, 0, 0)) | 1);
	EQUAL(exception(load, 1, 0x80000000), 0x25);
	EQUAL(reg_get(v.vcpu, REG_ESR) & 0x3f, 1);
	EQUAL(exception(jump, 1, 0x80000000), 0x21);
	EQUAL(reg_get(v.vcpu, REG_ESR) & 0x3f, 1);
}

/* A program reads what only the kernel may: with FEAT_IDST the exception says
 * what it read, where ID registers are, whether there is one or not. */
static void id_register_at_el0(void)
{
	static const uint32_t mmfr2[] = {ASM_MRS(2, SYSREG_ENC(3, 0, 0, 7, 2))};
	static const uint32_t midr[] = {ASM_MRS(2, SYSREG_ENC(3, 0, 0, 0, 0))};
	static const uint32_t ccsidr[] = {
		ASM_MRS(2, SYSREG_ENC(3, 1, 0, 0, 0))};
	static const uint32_t none[] = {ASM_MRS(2, SYSREG_ENC(3, 0, 0, 0, 3))};
	static const uint32_t sctlr[] = {ASM_MRS(2, SYSREG_ENC(3, 0, 1, 0, 0))};
	static const uint32_t write[] = {ASM_MSR(SYSREG_ENC(3, 0, 0, 7, 2), 2)};
	uint32_t ec;

	abi_vm_open(&v, ABI_NO_GIC);
	ec = reg_get(v.vcpu, REG_SYS(3, 0, 0, 7, 2)) >> 36 & 15 ? 0x18 : 0;
	EQUAL(exception_from(EL0T, mmfr2, 1, 0), ec);
	EQUAL(reg_get(v.vcpu, REG_ESR) & 0x1ffffff,
	      ec ? 3 << 20 | 2 << 17 | 2 << 5 | 7 << 1 | 1 : 0);
	EQUAL(exception_from(EL0T, midr, 1, 0), ec);
	EQUAL(exception_from(EL0T, ccsidr, 1, 0), ec);
	EQUAL(exception_from(EL0T, none, 1, 0), ec);
	EQUAL(exception_from(EL0T, sctlr, 1, 0), 0);
	EQUAL(exception_from(EL0T, write, 1, 0), 0);
}

const struct abi_case cases_exit[] = {
	{"exit/mmio", mmio},
	{"exit/mmio-not-finished", mmio_not_finished},
	{"exit/read-only-slot", read_only_slot},
	{"exit/no-syndrome", no_syndrome},
	{"exit/memory-gone", memory_gone},
	{"exit/signals", signals},
	{"exit/stopped", stopped},
	{"exit/timer-levels", timer_levels},
	{"exit/calls", calls},
	{"exit/system-events", system_events},
	{"exit/wakeup", wakeup},
	{"exit/hypercalls", hypercalls},
	{"exit/debug", debug_exits},
	{"exit/stays", stays},
	{"exit/beyond-the-core", beyond_the_core},
	{"exit/id-register-at-el0", id_register_at_el0},
	{NULL},
};
