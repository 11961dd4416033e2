/* SPDX-License-Identifier: MIT */
/*
 * --kicks: a thread interrupts vCPU 0 in KVM_RUN again and again, each time
 * waiting until KVM_RUN has returned EINTR once more. A kick that is lost is
 * one that this wait times out for.
 *
 * By immediate_exit the signal's handler sets it; by KVM_SET_SIGNAL_MASK the
 * signal is blocked in the thread and let through only inside KVM_RUN, and
 * taken by sigtimedwait() afterwards.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "vmm.h"

#define LOST_AFTER_S 100

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

/* On the vCPU's thread, before its first KVM_RUN. */
bool kick_setup(struct vcpu *v)
{
	struct {
		struct kvm_signal_mask head;
		uint8_t bytes[8];
	} mask;
	sigset_t set;
	uint64_t bits = 0;

	if (!v->vm->kick_mask)
		return true;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL))
		return false;
	mask.head.len = 8; /* the kernel's sigset: nothing is blocked */
	memcpy(mask.head.sigset, &bits, 8);
	return !ioctl(v->fd, KVM_SET_SIGNAL_MASK, &mask);
}

/* Until vCPU 0's next EINTR; false: it doesn't come. */
static bool wait_for_kick(struct vcpu *v)
{
	struct timespec end;
	int ret;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += LOST_AFTER_S;
	do
		ret = sem_timedwait(&v->kicked, &end);
	while (ret && errno == EINTR);
	return !ret;
}

void *kicker(void *arg)
{
	struct vm *vm = arg;
	struct vcpu *v = &vm->vcpus[0];
	double t0 = now();

	while (!v->started)
		sched_yield();
	for (unsigned long i = 0; i < vm->kicks && !vm->ended; i++) {
		/* vary the moment: in the guest, in between, right after */
		for (volatile unsigned int spin = i % 1000; spin; spin--)
			;
		pthread_kill(v->thread, SIGUSR1);
		if (!wait_for_kick(v)) {
			fprintf(stderr, "vmm: kick %lu was lost\n", i);
			vm_end(vm, 1);
			return NULL;
		}
	}
	if (!vm->ended)
		printf("%lu kicks by %s, %.1f s\n", vm->kicks,
		       vm->kick_mask ? "signal mask" : "immediate_exit",
		       now() - t0);
	vm_end(vm, 0); /* no effect if it ended before: its status stays */
	return NULL;
}
