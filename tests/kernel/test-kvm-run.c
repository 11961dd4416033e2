/* SPDX-License-Identifier: MIT */
/* KVM_RUN: exits, completion, signals, power states, PSCI. */
#include "test-kvm.h"

#include <unistd.h>

#include "kernel/kernel.h"
#include "kernel/vm.h"

START_TEST(mmio)
{
	struct kvm_run *run = t.run;

	GUEST(0, ASM_MOVZ(0, 0x900, 1), ASM_MOVZ(1, 0x1234, 0), ASM_STR_W(1, 0),
	      ASM_LDRSB_X(2, 0), ASM_LDR(3, 0), ASM_B_SELF);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(run->mmio.phys_addr, GUEST_MMIO);
	ck_assert_uint_eq(run->mmio.is_write, 1);
	ck_assert_uint_eq(run->mmio.len, 4);
	ck_assert_int_eq(memcmp(run->mmio.data, "\x34\x12\0\0", 4), 0);
	/* Finished by the next KVM_RUN, immediate_exit or not. */
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 8);
	run->immediate_exit = 1;
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 12);
	ck_assert_uint_eq(run->exit_reason, KVM_EXIT_MMIO);
	run->immediate_exit = 0;
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(run->mmio.len, 1);
	ck_assert_uint_eq(run->mmio.is_write, 0);
	run->mmio.data[0] = 0x80;
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(reg_get(REG_X(2)), 0x80);
	ck_assert_uint_eq(run->mmio.len, 8);
	memcpy(run->mmio.data, "\1\2\3\4\5\6\7\x8", 8);
	kvm_host_signal_pending(true);
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(run->exit_reason, KVM_EXIT_INTR);
	kvm_host_signal_pending(false);
	ck_assert_uint_eq(reg_get(REG_X(3)), 0x0807060504030201);
}
END_TEST

/* The VMM turned the exit into something else: the access is repeated. */
START_TEST(mmio_not_finished)
{
	GUEST(0, ASM_MOVZ(0, 0x900, 1), ASM_LDR(3, 0), ASM_B_SELF);
	ASK(0, t.vcpu, KVM_RUN, 0);
	t.run->exit_reason = KVM_EXIT_UNKNOWN;
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 4);
}
END_TEST

START_TEST(external_abort)
{
	struct kvm_vcpu_events ev = {.exception.ext_dabt_pending = 1};

	GUEST(0, ASM_MOVZ(0, 0x900, 1), ASM_LDR(3, 0), ASM_B_SELF);
	reg_set(0x603000000013c600, GUEST_BASE + 0x2000); /* VBAR */
	ASK(0, t.vcpu, KVM_RUN, 0);
	ASK(0, t.vcpu, KVM_SET_VCPU_EVENTS, &ev);
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 4);
	t.run->immediate_exit = 1;
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	/* EL1 took it on SP_EL1: vector 0x200. */
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 0x2200);
	ck_assert_uint_eq(reg_get(0x6030000000100046), GUEST_BASE + 4);
	ck_assert_uint_eq(reg_get(0x603000000013c290) >> 26, 0x25);
	ck_assert_uint_eq(reg_get(0x603000000013c290) & 0x3f, 0x10);
	ck_assert_uint_eq(reg_get(0x603000000013c300), GUEST_MMIO);
	ck_assert_uint_eq(reg_get(REG_X(3)), 0);
}
END_TEST

START_TEST(no_syndrome)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_ARM_NISV_TO_USER};

	GUEST(0, ASM_MOVZ(0, 0x900, 1), ASM_STP(1, 2, 0), ASM_B_SELF);
	ASK(-ENOSYS, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_UNKNOWN);
	ASK(0, t.vm, KVM_ENABLE_CAP, &cap);
	for (int i = 0; i < 2; i++) {
		ASK(0, t.vcpu, KVM_RUN, 0);
		ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_ARM_NISV);
		ck_assert_uint_eq(t.run->arm_nisv.fault_ipa, GUEST_MMIO);
		ck_assert_uint_eq(t.run->arm_nisv.esr_iss & 1 << 6, 1 << 6);
		ck_assert_uint_eq(t.run->arm_nisv.esr_iss & ~0x17full, 0);
		ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 4);
	}
}
END_TEST

START_TEST(debug_exits)
{
	struct kvm_guest_debug dbg = {.control = KVM_GUESTDBG_ENABLE |
						 KVM_GUESTDBG_USE_SW_BP};

	GUEST(0, ASM_NOP, ASM_BRK(7), ASM_NOP, ASM_NOP, ASM_B_SELF);
	ASK(0, t.vcpu, KVM_SET_GUEST_DEBUG, &dbg);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_DEBUG);
	ck_assert_uint_eq(t.run->debug.arch.hsr >> 26, 0x3c);
	ck_assert_uint_eq(t.run->debug.arch.hsr & 0xffff, 7);
	ck_assert_uint_eq(t.run->flags, KVM_DEBUG_ARCH_HSR_HIGH_VALID);
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 4);
	reg_set(REG_PC, GUEST_BASE + 8);
	dbg.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP;
	ASK(0, t.vcpu, KVM_SET_GUEST_DEBUG, &dbg);
	for (int i = 1; i < 3; i++) {
		ASK(0, t.vcpu, KVM_RUN, 0);
		ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_DEBUG);
		ck_assert_uint_eq(t.run->debug.arch.hsr >> 26, 0x32);
		ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 8 + 4 * i);
	}
}
END_TEST

START_TEST(kicks)
{
	GUEST(0, ASM_B_SELF);
	for (int i = 0; i < 200; i++) {
		run_start();
		ck_assert_int_eq(run_stop(), -EINTR);
		ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_INTR);
	}
	GUEST(0, ASM_WFI, ASM_B_SELF);
	for (int i = 0; i < 50; i++) {
		run_start();
		ck_assert_int_eq(run_stop(), -EINTR);
	}
}
END_TEST

START_TEST(signal_beats_nothing_else)
{
	/* A signal that is pending already: no guest instruction runs. */
	GUEST(0, ASM_NOP, ASM_B_SELF);
	kvm_host_signal_pending(true);
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_INTR);
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE);
	/* immediate_exit comes first and leaves exit_reason alone. */
	t.run->immediate_exit = 1;
	t.run->exit_reason = 77;
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, 77);
	kvm_host_signal_pending(false);
}
END_TEST

static void hvc(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	/* The call, then a store that leaves for user space. */
	GUEST(0, ASM_HVC(0), ASM_MOVZ(9, 0x900, 1), ASM_STR(0, 9), ASM_B_SELF);
	reg_set(REG_X(0), x0);
	reg_set(REG_X(1), x1);
	reg_set(REG_X(2), x2);
	reg_set(REG_X(3), x3);
	ASK(0, t.vcpu, KVM_RUN, 0);
}

static uint64_t hvc_value(uint64_t x0, uint64_t x1)
{
	uint64_t val;

	hvc(x0, x1, 0, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	val = reg_get(REG_X(0));
	t.run->immediate_exit = 1;
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	t.run->immediate_exit = 0;
	return val;
}

#define NOT_SUPPORTED (~0ull)

START_TEST(smccc_calls)
{
	ck_assert_uint_eq(hvc_value(0x80000000, 0), 0x10001);
	ck_assert_uint_eq(hvc_value(0x80000001, 0x80008000), 1);
	ck_assert_uint_eq(hvc_value(0x80000001, 0x80007fff), (uint64_t)-2);
	ck_assert_uint_eq(hvc_value(0x80000001, 0x80003fff), 1);
	ck_assert_uint_eq(hvc_value(0x80000001, 0x12345678), NOT_SUPPORTED);
	ck_assert_uint_eq(hvc_value(0x8600ff01, 0), 0xb66fb428);
	ck_assert_uint_eq(reg_get(REG_X(3)), 0x743a004d);
	ck_assert_uint_eq(hvc_value(0x86000000, 0), 3);
	ck_assert_uint_eq(hvc_value(0x84000050, 0), 0x10000);
	ck_assert_uint_eq(hvc_value(0x84000051, 0xc4000053), 0);
	ck_assert_uint_eq(hvc_value(0xc4000053, 193), (uint64_t)-2);
	ck_assert_uint_eq(hvc_value(0xc4000053, 70), 0);
	ck_assert_uint_eq(reg_get(REG_X(1)), 0);
	ck_assert_uint_lt(reg_get(REG_X(2)), 64);
	ck_assert_uint_eq(hvc_value(0x12345678, 0), NOT_SUPPORTED);
	ck_assert_uint_eq(hvc_value(0xc5000021, 0), NOT_SUPPORTED);
	reg_set(KVM_REG_ARM_PSCI_VERSION, 2);
	ck_assert_uint_eq(hvc_value(0x84000000, 0), 2);
	ck_assert_uint_eq(hvc_value(0x8400000a, 0x84000000), NOT_SUPPORTED);
}
END_TEST

START_TEST(psci_calls)
{
	ck_assert_uint_eq(hvc_value(0x84000000, 0), 0x10001);
	ck_assert_uint_eq(hvc_value(0x8400000a, 0x84000012), 0);
	ck_assert_uint_eq(hvc_value(0x8400000a, 0x8400000e), NOT_SUPPORTED);
	ck_assert_uint_eq(hvc_value(0x84000006, 0), 2);
	ck_assert_uint_eq(hvc_value(0xc4000004, 0), 0); /* ourselves: on */
	ck_assert_uint_eq(hvc_value(0xc4000004, 5), (uint64_t)-2);
	ck_assert_uint_eq(hvc_value(0xc4000003, 0), (uint64_t)-4);
	ck_assert_uint_eq(hvc_value(0xc4000003, 5), (uint64_t)-2);
	ck_assert_uint_eq(hvc_value(0x8400000e, 0), NOT_SUPPORTED);
	ck_assert_uint_eq(hvc_value(0x84000012, 1), (uint64_t)-2);
}
END_TEST

START_TEST(psci_system_events)
{
	static const struct {
		uint64_t fn;
		uint32_t type, ndata;
		uint64_t data, x0;
	} rows[] = {
		{0x84000008, KVM_SYSTEM_EVENT_SHUTDOWN, 1, 0, -6},
		{0x84000009, KVM_SYSTEM_EVENT_RESET, 1, 0, -6},
		{0xc4000012, KVM_SYSTEM_EVENT_RESET, 1, 1, -6},
		{0xc400000e, KVM_SYSTEM_EVENT_SUSPEND, 0, 0, 0xc400000e},
	};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_ARM_SYSTEM_SUSPEND};
	struct kvm_mp_state state;

	ASK(0, t.vm, KVM_ENABLE_CAP, &cap);
	for (int i = 0; i < 4; i++) {
		state.mp_state = 0;
		ASK(0, t.vcpu, KVM_SET_MP_STATE, &state);
		hvc(rows[i].fn, 0, 0, 0);
		ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_SYSTEM_EVENT);
		ck_assert_uint_eq(t.run->system_event.type, rows[i].type);
		ck_assert_uint_eq(t.run->system_event.ndata, rows[i].ndata);
		ck_assert_uint_eq(t.run->system_event.data[0], rows[i].data);
		ck_assert_uint_eq(reg_get(REG_X(0)), rows[i].x0);
		ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE + 4);
		ASK(0, t.vcpu, KVM_GET_MP_STATE, &state);
		ck_assert_uint_eq(state.mp_state,
				  i == 3 ? KVM_MP_STATE_RUNNABLE
					 : KVM_MP_STATE_STOPPED);
	}
}
END_TEST

/* vCPU 1 waits powered off until vCPU 0 turns it on. */
START_TEST(cpu_on)
{
	struct kvm_vcpu_init off = {.target = 5, .features = {4 | 1}};
	int boot = t.vcpu, second = KVM(t.vm, KVM_CREATE_VCPU, 1);
	struct kvm_run *run = kvm_host_pages(second);

	ASK(0, second, KVM_ARM_VCPU_INIT, &off);
	t.vcpu = second;
	run_start();
	t.vcpu = boot;
	usleep(20000);
	memcpy(t.ram + 0x1000,
	       (uint32_t[]){ASM_MOVZ(9, 0x900, 1), ASM_STR(0, 9)}, 8);
	hvc(0xc4000003, 1, GUEST_BASE + 0x1000, 0x55aa);
	ck_assert_uint_eq(reg_get(REG_X(0)), 0);
	ck_assert_int_eq(run_wait(), 0);
	ck_assert_uint_eq(run->exit_reason, KVM_EXIT_MMIO);
	ck_assert_uint_eq(run->mmio.phys_addr, GUEST_MMIO);
	ck_assert_uint_eq(run->mmio.data[0], 0xaa);
	ck_assert_uint_eq(run->mmio.data[1], 0x55);
	t.vcpu = boot;
	kvm_host_close(second);
}
END_TEST

START_TEST(stopped_blocks)
{
	struct kvm_mp_state state = {KVM_MP_STATE_STOPPED};

	GUEST(0, ASM_B_SELF);
	ASK(0, t.vcpu, KVM_SET_MP_STATE, &state);
	run_start();
	usleep(20000);
	ck_assert_int_eq(run_stop(), -EINTR);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_INTR);
	ck_assert_uint_eq(reg_get(REG_PC), GUEST_BASE);
}
END_TEST

/* Without a VGIC: lines by KVM_IRQ_LINE, timers by device_irq_level. */
START_TEST(user_irqchip_timer)
{
	GUEST(0, ASM_MOVZ(1, 1000, 0), ASM_MSR(ENC_CNTV_TVAL, 1),
	      ASM_MOVZ(1, 1, 0), ASM_MSR(ENC_CNTV_CTL, 1), ASM_WFI, ASM_B_SELF);
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_INTR);
	ck_assert_uint_eq(t.run->s.regs.device_irq_level,
			  KVM_ARM_DEV_EL1_VTIMER);
	/* Masked: the level falls, which is told as well. */
	reg_set(KVM_REG_ARM_TIMER_CTL, 3);
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->s.regs.device_irq_level, 0);
}
END_TEST

static void never_called(struct clock *clock, uint64_t ns)
{
}

/*
 * On a busy host the event thread may wait long for a processor. Here it never
 * gets one: the vCPU's own thread notices that the timer is due, in a guest
 * that does nothing but run.
 */
START_TEST(timer_without_event_thread)
{
	struct kobj *obj = kvm_host_get(t.vm);
	struct clock_ops ops = clock_host_ops;
	uint64_t from;

	ops.deadline = never_called;
	vm_of(obj)->clock.ops = &ops;
	GUEST(0, ASM_B_SELF);
	from = reg_get(KVM_REG_ARM_TIMER_CNT);
	reg_set(KVM_REG_ARM_TIMER_CVAL, from + 500000);
	reg_set(KVM_REG_ARM_TIMER_CTL, 1);
	ASK(-EINTR, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->s.regs.device_irq_level,
			  KVM_ARM_DEV_EL1_VTIMER);
	ck_assert_uint_ge(reg_get(KVM_REG_ARM_TIMER_CNT), from + 500000);
	vm_of(obj)->clock.ops = &clock_host_ops;
	kobj_put(obj);
}
END_TEST

START_TEST(suspended_wakes)
{
	struct kvm_mp_state state = {KVM_MP_STATE_SUSPENDED};
	struct kvm_irq_level line = {.irq = 0, .level = 1};

	GUEST(0, ASM_B_SELF);
	ASK(0, t.vcpu, KVM_SET_MP_STATE, &state);
	run_start();
	usleep(20000);
	ASK(0, t.vm, KVM_IRQ_LINE, &line);
	ck_assert_int_eq(run_wait(), 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_SYSTEM_EVENT);
	ck_assert_uint_eq(t.run->system_event.type, KVM_SYSTEM_EVENT_WAKEUP);
	/* Sticky. */
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->system_event.type, KVM_SYSTEM_EVENT_WAKEUP);
}
END_TEST

/* The first run checks the VGIC; failing kills the VM. */
START_TEST(dead_vm)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	struct kvm_device_attr a = {0};

	ASK(0, t.vm, KVM_CREATE_DEVICE, &cd);
	GUEST(0, ASM_B_SELF);
	ASK(-ENXIO, t.vcpu, KVM_RUN, 0);
	ASK(-EIO, t.vcpu, KVM_RUN, 0);
	ASK(-EIO, t.vcpu, KVM_RUN, 1);
	ASK(-EIO, t.vm, KVM_CHECK_EXTENSION, 0);
	ASK(-EIO, t.vm, 0xaeff, 0);
	ASK(-EIO, cd.fd, KVM_SET_DEVICE_ATTR, &a);
	ASK(12, t.sys, KVM_GET_API_VERSION, 0);
	kvm_host_close(cd.fd);
}
END_TEST

void add_tests_run(Suite *s)
{
	TCase *c = case_with_vm(s, "run");

	tcase_add_test(c, mmio);
	tcase_add_test(c, mmio_not_finished);
	tcase_add_test(c, external_abort);
	tcase_add_test(c, no_syndrome);
	tcase_add_test(c, debug_exits);
	tcase_add_test(c, kicks);
	tcase_add_test(c, signal_beats_nothing_else);
	tcase_add_test(c, smccc_calls);
	tcase_add_test(c, psci_calls);
	tcase_add_test(c, psci_system_events);
	tcase_add_test(c, cpu_on);
	tcase_add_test(c, stopped_blocks);
	tcase_add_test(c, user_irqchip_timer);
	tcase_add_test(c, timer_without_event_thread);
	tcase_add_test(c, suspended_wakes);
	tcase_add_test(c, dead_vm);
}
