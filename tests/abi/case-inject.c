/* SPDX-License-Identifier: MIT */
/*
 * What a VMM injects by KVM_SET_VCPU_EVENTS, and what KVM_ARM_VCPU_INIT keeps
 * of it and of the registers.
 */
#include "abi.h"

#include <signal.h>
#include <sys/time.h>

#define REG_SP_EL1 0x6030000000100044ull
#define REG_FAR    REG_SYS(3, 0, 6, 0, 0)

#define VBAR (GUEST_BASE + 0x1000)
#define EL1H 0x3c5ull
#define EL0T 0ull
/* ESR_EL1 of an external abort, without IL. */
#define DABT_CUR (0x25ull << 26 | 0x10)
#define DABT_LOW (0x24ull << 26 | 0x10)
#define ESR_IL   (1ull << 25)

static void open_vm(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	reg_set(v->vcpu, REG_VBAR, VBAR);
}

static void events_set(struct abi_vm *v, int serror, int dabt)
{
	struct kvm_vcpu_events ev = {
		.exception = {.serror_pending = serror,
			      .ext_dabt_pending = dabt},
	};

	OK(ioctl(v->vcpu, KVM_SET_VCPU_EVENTS, &ev));
}

static int serror_pending(struct abi_vm *v)
{
	struct kvm_vcpu_events ev = {0};

	OK(ioctl(v->vcpu, KVM_GET_VCPU_EVENTS, &ev));
	return ev.exception.serror_pending;
}

/* Run the code at GUEST_BASE to its store at @off. */
static void run_store(struct abi_vm *v)
{
	GUEST(v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
}

static void serror_stays(void)
{
	struct abi_vm v;

	open_vm(&v);
	events_set(&v, 0, 0);
	EQUAL(serror_pending(&v), 0);
	events_set(&v, 1, 0);
	events_set(&v, 0, 0);
	EQUAL(serror_pending(&v), 1);
	/* Before the first run KVM_ARM_VCPU_INIT takes it back. */
	OK(abi_init(&v));
	EQUAL(serror_pending(&v), 0);
	events_set(&v, 1, 0);
	run_store(&v); /* SErrors are masked */
	EQUAL(serror_pending(&v), 1);
	abi_run_nothing(&v);
	OK(abi_init(&v));
	EQUAL(serror_pending(&v), 1);
	/* It is taken as soon as it may be. */
	reg_set(v.vcpu, REG_VBAR, VBAR);
	GUEST(&v, 0x1380, ASM_MOVZ(1, 0x0900, 1), ASM_STR_W(1, 1), ASM_B_SELF);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	reg_set(v.vcpu, REG_PSTATE, EL1H & ~0x100ull);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.len, 4);
	EQUAL(serror_pending(&v), 0);
}

/* The syndrome is there at once, of the mode at injection. */
static void abort_syndrome(void)
{
	struct abi_vm v;

	open_vm(&v);
	reg_set(v.vcpu, REG_PC, GUEST_BASE + 0x40);
	reg_set(v.vcpu, REG_FAR, 0x1111);
	/* Nothing trapped yet: no instruction length either. */
	events_set(&v, 0, 1);
	EQUAL(reg_get(v.vcpu, REG_ESR), DABT_CUR);
	EQUAL(reg_get(v.vcpu, REG_FAR), 0);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 0x40);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), EL1H);
	/* The rest is done by KVM_RUN, of the state it then finds. */
	reg_set(v.vcpu, REG_PSTATE, EL0T);
	reg_set(v.vcpu, REG_PC, GUEST_BASE + 0x44);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), VBAR + 0x400);
	EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE + 0x44);
	EQUAL(reg_get(v.vcpu, REG_SPSR), EL0T);
	EQUAL(reg_get(v.vcpu, REG_ESR), DABT_CUR);
	/* Without TCO, which the host's core sets if it has it. */
	EQUAL(reg_get(v.vcpu, REG_PSTATE), EL1H);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), VBAR + 0x400);
	/* From EL0. */
	reg_set(v.vcpu, REG_PSTATE, EL0T);
	events_set(&v, 0, 1);
	EQUAL(reg_get(v.vcpu, REG_ESR), DABT_LOW);
}

/* After the guest has run: its last fault's address, and 32-bit code. */
static void abort_after_run(void)
{
	struct abi_vm v;

	open_vm(&v);
	run_store(&v);
	events_set(&v, 0, 1);
	EQUAL(reg_get(v.vcpu, REG_ESR), DABT_CUR | ESR_IL);
	EQUAL(reg_get(v.vcpu, REG_FAR), GUEST_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
	/* What user space writes between is what the guest finds. */
	reg_set(v.vcpu, REG_FAR, 0x2222);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), VBAR + 0x200);
	EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE + 4);
	EQUAL(reg_get(v.vcpu, REG_FAR), 0x2222);
}

/*
 * FAR_EL1 of an injected abort is the address of the guest's last access that
 * the hypervisor saw, whoever answered it.
 */
static void abort_after_device(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	reg_set(v.vcpu, REG_VBAR, VBAR);
	/* The VMM's, then the distributor's, then SYSTEM_OFF. */
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1),
	      ASM_MOVZ(2, 0x0800, 1), ASM_MOVK(2, 8, 0), ASM_LDR_W(0, 2),
	      ASM_MOVZ(0, 0x8400, 1), ASM_MOVK(0, 8, 0), ASM_HVC(0),
	      ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(abi_run(&v), KVM_EXIT_SYSTEM_EVENT);
	events_set(&v, 0, 1);
	EQUAL(reg_get(v.vcpu, REG_FAR), GUEST_GICD + 8);
	EQUAL(reg_get(v.vcpu, REG_ESR), DABT_CUR | ESR_IL);
}

/* A watchpoint of the VMM's is seen by the hypervisor, too. */
static void abort_after_watchpoint(void)
{
	uint64_t data = GUEST_BASE + 0x8008;
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW,
		/* E, EL1, loads and stores, all 8 bytes */
		.arch.dbg_wcr[0] = 1 | 1 << 1 | 3 << 3 | 0xff << 5,
		.arch.dbg_wvr[0] = data,
	};
	struct abi_vm v;

	open_vm(&v);
	OK(ioctl(v.vcpu, KVM_SET_GUEST_DEBUG, &debug));
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_STR(0, 2),
	      ASM_B_SELF);
	reg_set(v.vcpu, REG_X(2), data);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(abi_run(&v), KVM_EXIT_DEBUG);
	EQUAL(v.run->debug.arch.far, data);
	events_set(&v, 0, 1);
	EQUAL(reg_get(v.vcpu, REG_FAR), data);
	EQUAL(reg_get(v.vcpu, REG_ESR), DABT_CUR | ESR_IL);
}

/* Nor is memory without anything behind it answered by anybody. */
static void abort_after_fault(void)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 1,
		.guest_phys_addr = 0x80000000,
		.memory_size = 0x10000,
	};
	void *host = mmap(NULL, slot.memory_size, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct abi_vm v;

	open_vm(&v);
	slot.userspace_addr = (uintptr_t)host;
	OK(ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &slot));
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_STR(0, 2),
	      ASM_B_SELF);
	reg_set(v.vcpu, REG_X(2), slot.guest_phys_addr + 0x1238);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EFAULT);
	events_set(&v, 0, 1);
	EQUAL(reg_get(v.vcpu, REG_FAR), slot.guest_phys_addr + 0x1238);
	OK(munmap(host, slot.memory_size));
	/* An instruction's. */
	reg_set(v.vcpu, REG_VBAR, slot.guest_phys_addr + 0x2000);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EFAULT);
	EQUAL(reg_get(v.vcpu, REG_PC), slot.guest_phys_addr + 0x2200);
	events_set(&v, 0, 1);
	EQUAL(reg_get(v.vcpu, REG_FAR), slot.guest_phys_addr + 0x2200);
}

/* An aborted load is not completed, unless user space runs once more. */
static void abort_of_a_load(void)
{
	struct abi_vm v;

	open_vm(&v);
	GUEST(&v, 0x1200, ASM_MOVZ(1, 0x0900, 1), ASM_STR_W(1, 1), ASM_B_SELF);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_LDR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.is_write, 0);
	memset(v.run->mmio.data, 0x55, 8);
	events_set(&v, 0, 1);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.is_write, 1);
	EQUAL(v.run->mmio.len, 4);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0);
	EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE + 4);
}

/*
 * An access that the VMM was asked to finish is finished by the first KVM_RUN
 * that finds the exit in struct kvm_run and no abort pending, whatever the
 * vCPU does by then. (A VMM completes it before it resets.)
 */
static void abort_then_nothing(void)
{
	struct abi_vm v;

	open_vm(&v);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_LDR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	memset(v.run->mmio.data, 0x55, 8);
	events_set(&v, 0, 1);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), VBAR + 0x200);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), VBAR + 0x204);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0x5555555555555555);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), VBAR + 0x204);
}

static void init_keeps_registers(void)
{
	struct abi_vm v;

	for (int ran = 0; ran < 2; ran++) {
		open_vm(&v);
		if (ran) {
			run_store(&v);
			abi_run_nothing(&v);
		}
		reg_set(v.vcpu, REG_SP, 0x1110);
		reg_set(v.vcpu, REG_SP_EL1, 0x2220);
		reg_set(v.vcpu, REG_ELR, 0x3330);
		reg_set(v.vcpu, REG_SPSR, 0x600003c5);
		OK(abi_init(&v));
		EQUAL(reg_get(v.vcpu, REG_SP), 0);
		EQUAL(reg_get(v.vcpu, REG_SP_EL1), 0x2220);
		EQUAL(reg_get(v.vcpu, REG_ELR), 0x3330);
		EQUAL(reg_get(v.vcpu, REG_SPSR), 0x600003c5);
		EQUAL(reg_get(v.vcpu, REG_VBAR), 0);
	}
}

static void init_keeps_abort(void)
{
	struct abi_vm v;

	open_vm(&v);
	events_set(&v, 0, 1);
	OK(abi_init(&v));
	reg_set(v.vcpu, REG_VBAR, VBAR);
	reg_set(v.vcpu, REG_PC, GUEST_BASE + 0x80);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), VBAR + 0x200);
	EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE + 0x80);
}

static void init_and_mmio(void)
{
	struct abi_vm v;

	open_vm(&v);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_LDR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	memset(v.run->mmio.data, 0x55, 8);
	OK(abi_init(&v));
	reg_set(v.vcpu, REG_PC, GUEST_BASE + 0x80);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 0x84);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0x5555555555555555);
}

static void on_alarm(int sig)
{
}

/* Masked, it ends WFI but not the wait of CPU_SUSPEND. */
static void serror_and_waiting(void)
{
	/* Again and again: the first may come before KVM_RUN. */
	const struct itimerval some = {{0, 300000}, {0, 300000}}, none = {0};
	struct sigaction sa = {.sa_handler = on_alarm};
	struct abi_vm v;

	open_vm(&v);
	events_set(&v, 1, 0);
	GUEST(&v, 0, ASM_WFI, ASM_STR(1, 1), ASM_HVC(0), ASM_B_SELF);
	reg_set(v.vcpu, REG_X(0), 0x84000001);
	reg_set(v.vcpu, REG_X(1), GUEST_MMIO);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &some, NULL);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	setitimer(ITIMER_REAL, &none, NULL);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 12);
}

const struct abi_case cases_inject[] = {
	{"inject/serror-stays", serror_stays},
	{"inject/serror-and-waiting", serror_and_waiting},
	{"inject/abort-syndrome", abort_syndrome},
	{"inject/abort-after-run", abort_after_run},
	{"inject/abort-after-device", abort_after_device},
	{"inject/abort-after-watchpoint", abort_after_watchpoint},
	{"inject/abort-after-fault", abort_after_fault},
	{"inject/abort-of-a-load", abort_of_a_load},
	{"inject/abort-then-nothing", abort_then_nothing},
	{"inject/init-keeps-registers", init_keeps_registers},
	{"inject/init-keeps-abort", init_keeps_abort},
	{"inject/init-and-mmio", init_and_mmio},
	{NULL},
};
