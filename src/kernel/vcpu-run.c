/* SPDX-License-Identifier: MIT */
/*
 * KVM_RUN as every architecture has it: the checks and the loop around the
 * guest. Order of things as in Linux 6.12: checks when the thread changes
 * (first run included), completion of the MMIO that user space was asked for,
 * immediate_exit, then the loop: signals and requests, guest, exit handling.
 * What runs the guest and handles its exits is the architecture's
 * (arch->vcpu_enter()).
 *
 * A request to leave the guest is VCPU_REQ_KICK in *vcpu->requests. The loop
 * clears it first and then looks at everything a kick may mean, so none is
 * lost.
 */
#include "kernel/vcpu.h"

#include <errno.h>
#include <string.h>

#include "base/refuse.h"
#include "base/thread-id.h"
#include "kernel/ioctl.h"
#include "kernel/irq-stats.h"
#include "kernel/misuse.h"
#include "kernel/stat-guest.h"
#include "kernel/system.h"
#include "kernel/vcpu-again.h"
#include "kernel/vm.h"

__thread struct vcpu *vcpu_run_here __attribute__((tls_model("initial-exec")));

void kernel_signal_arrived(void)
{
	struct vcpu *vcpu = vcpu_run_here;

	if (!vcpu)
		return;
	atomic_store(&vcpu->signal, true);
	vcpu_signalled(vcpu);
}

struct vcpu *vcpu_running(const struct vm *vm)
{
	struct vcpu *vcpu = vcpu_run_here;

	return vcpu && vcpu->vm == vm ? vcpu : NULL;
}

/* ---- for the architecture ------------------------------------------------ */

bool vcpu_mmio(struct vcpu *vcpu, gpa_t gpa, bool write, unsigned int len,
	       uint64_t *data)
{
	struct kvm_run *run = vcpu->run;
	uint64_t bytes;

	if (bus_access(vcpu, gpa, write, len, data)) {
		stat_add(&vcpu->stats[STAT_MMIO_EXIT_KERNEL], 1);
		return true;
	}
	if (unlikely(vcpu->shown))
		stat_guest_access(vcpu, gpa, write, 0);
	run->mmio.phys_addr = gpa;
	run->mmio.len = len;
	run->mmio.is_write = write;
	if (write) {
		bytes = vm_as_in_memory(vcpu->vm, *data, len);
		memcpy(run->mmio.data, &bytes, len);
	} else if (unlikely(warnings_wanted())) {
		misuse_read_begin(vcpu);
	}
	vcpu->mmio_needed = true;
	vcpu->mmio_len = len;
	stat_add(&vcpu->stats[STAT_MMIO_EXIT_USER], 1);
	run->exit_reason = KVM_EXIT_MMIO;
	return false;
}

bool vcpu_mmio_done(struct vcpu *vcpu, uint64_t *data)
{
	bool done =
		vcpu->mmio_needed && vcpu->run->exit_reason == KVM_EXIT_MMIO;

	if (done) {
		vcpu->mmio_needed = false;
		if (unlikely(vcpu->mmio_marked))
			misuse_read_end(vcpu);
		memcpy(data, vcpu->run->mmio.data, sizeof(*data));
		*data = vm_as_in_memory(vcpu->vm, *data, vcpu->mmio_len);
	}
	return done;
}

long vcpu_exit_intr(struct vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_INTR;
	return refuse(EINTR, FKVM_RUN_SIGNAL, "a signal");
}

/* ---- the loop ------------------------------------------------------------ */

/* What has to happen before the guest is entered; else KVM_RUN's errno. */
static ALWAYS_INLINE long run_requests(struct vcpu *vcpu)
{
	/* One that comes behind this look is seen in the guest. */
	if (unlikely(vcpu_kicked(vcpu))) {
		atomic_fetch_and(vcpu->requests, ~VCPU_REQ_KICK);
		if (vcpu->shown)
			irq_stats_go_on(vcpu);
	}
	if (atomic_load(&vcpu->signal)) {
		stat_add(&vcpu->stats[STAT_SIGNAL_EXITS], 1);
		return vcpu_exit_intr(vcpu);
	}
	return atomic_load(&vcpu->vm->dead)
		       ? refuse(EIO, FKVM_VM_DEAD, "the VM is dead")
		       : 0;
}

/* The same where time is counted: the guest is entered when it is the vCPU's
 * turn. */
static long run_loop_counted(struct vcpu *vcpu)
{
	const struct arch *arch = vcpu->vm->arch;
	long ret;

	do {
		ret = run_requests(vcpu);
		if (!ret && atomic_load(&vcpu->vm->stopped))
			ret = refuse(EIO, FKVM_REPLAY_DIVERGED,
				     "the VM's replay has diverged");
		if (!ret)
			ret = turn_take(vcpu) ? arch->vcpu_enter(vcpu) : 1;
	} while (ret > 0);
	return ret;
}

static long run_loop(struct vcpu *vcpu)
{
	const struct arch *arch = vcpu->vm->arch;
	long ret;

	do {
		ret = run_requests(vcpu);
		if (!ret)
			ret = arch->vcpu_enter(vcpu);
	} while (ret > 0);
	return ret;
}

/* May the next KVM_RUN take the short way? Nobody has to be told of each, and
 * no mask of signals is to be set. */
static void run_note(struct vcpu *vcpu)
{
	const struct arch *arch = vcpu->vm->arch;
	bool may = !vcpu->vm->turns && !vcpu->sigmask_set && !vcpu->shown &&
		   !warnings_wanted();

	atomic_store_explicit(&vcpu->obj.again, may ? arch->vcpu_again : NULL,
			      memory_order_relaxed);
}

static void run_end(struct vcpu *vcpu, long ret)
{
	vcpu->vm->arch->vcpu_run_end(vcpu);
	if (unlikely(vcpu->vm->turns))
		turn_out(vcpu, ret);
	if (unlikely(vcpu->shown))
		irq_stats_publish(vcpu);
}

static bool immediate_exit(const struct vcpu *vcpu)
{
	return *(volatile uint8_t *)&vcpu->run->immediate_exit;
}

/*
 * immediate_exit is looked at after run_begin(): a handler that sets it ran
 * either before that, or its signal is one that kernel_signal_arrived() tells
 * us of. A return because of it changes nothing in struct kvm_run.
 */
static long run_guest(struct vcpu *vcpu)
{
	long ret;

	/* Only this thread's handlers set it, and only while it is running. */
	atomic_store_explicit(&vcpu->signal, false, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	vcpu_run_here = vcpu;
	ret = kernel_host.run_begin(vcpu->sigmask_set ? &vcpu->sigmask : NULL);
	if (immediate_exit(vcpu)) {
		ret = refuse(EINTR, FKVM_RUN_IMMEDIATE,
			     "immediate_exit is set");
	} else {
		vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
		vcpu->run->flags = 0;
		/* Not finished by the VMM: the access is made again. */
		vcpu->mmio_needed = false;
		if (ret) {
			stat_add(&vcpu->stats[STAT_SIGNAL_EXITS], 1);
			ret = vcpu_exit_intr(vcpu);
		} else {
			ret = unlikely(vcpu->vm->turns) ? run_loop_counted(vcpu)
							: run_loop(vcpu);
		}
		run_end(vcpu, ret);
	}
	run_note(vcpu);
	vcpu_run_here = NULL;
	kernel_host.run_end();
	return ret;
}

long vcpu_run_rest(struct vcpu *vcpu, long entered)
{
	long ret = entered > 0 ? run_loop(vcpu) : entered;

	run_end(vcpu, ret);
	vcpu_run_here = NULL;
	kernel_host.run_end();
	vcpu_unlock(&vcpu->lock);
	return ret;
}

static long vcpu_run(struct vcpu *vcpu)
{
	const struct arch *arch = vcpu->vm->arch;
	long ret;

	if (vcpu->last_tid != thread_id()) {
		ret = arch->vcpu_run_check(vcpu);
		if (ret)
			return ret;
		if (unlikely(vcpu->last_tid && warnings_wanted()))
			misuse_thread(vcpu);
		vcpu->last_tid = thread_id();
	}
	vcpu_lock_own(&vcpu->lock);
	if (likely(!vcpu->vm->turns))
		irqfd_sync(vcpu->vm);
	else if (input_hook && input_hook->enter)
		input_hook->enter(input_hook, vcpu);
	arch->vcpu_run_begin(vcpu);
	vcpu->asked = false;
	ret = run_guest(vcpu);
	if (unlikely(vcpu->vm->turns) && input_hook && input_hook->exit)
		input_hook->exit(input_hook, vcpu, ret);
	return ret;
}

long vcpu_ioctl_run(struct kobj *obj, void *arg, unsigned long user)
{
	if (user)
		return refuse_argument(user);
	return vcpu_run(vcpu_of(obj));
}
