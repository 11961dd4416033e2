/* SPDX-License-Identifier: MIT */
/*
 * No kick is lost: a thread signals the vCPU's thread again and again and each
 * time waits until KVM_RUN has left with EINTR. Variants, as arguments:
 *
 *   spin|wfi      what the guest does meanwhile
 *   exit          the handler sets immediate_exit
 *   mask          the signal is blocked but for KVM_RUN (KVM_SET_SIGNAL_MASK)
 *                 and taken by sigtimedwait(); no handler exists
 *   mask-handler  the same, and the handler that exists must not run
 *   COUNT         how often
 *
 * Built for x86-64 and for arm64.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tiny-vm.h"

#define LOST_AFTER 100 /* seconds */

static bool use_mask;
static atomic_uint wanted, seen;
static atomic_uint handler_runs;
static atomic_bool stop;
static pthread_barrier_t ready;

static void on_kick(int sig)
{
	atomic_fetch_add(&handler_runs, 1);
	*(volatile uint8_t *)&run->immediate_exit = 1;
}

static void mask_set(void)
{
	struct {
		struct kvm_signal_mask head;
		uint8_t bytes[8];
	} mask = {.head.len = 8};
	uint64_t bits = 0;
	sigset_t set;

	/* Another signal is let through by neither. */
	bits |= 1ull << (SIGUSR2 - 1);
	memcpy((char *)&mask + offsetof(struct kvm_signal_mask, sigset), &bits,
	       8);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (ioctl(vcpu_fd, KVM_SET_SIGNAL_MASK, &mask))
		die("KVM_SET_SIGNAL_MASK");
}

/* What a VMM does after EINTR: take the kick. */
static bool take_kick(void)
{
	struct timespec zero = {0};
	siginfo_t info;
	sigset_t set;

	if (!use_mask) {
		run->immediate_exit = 0;
		return true;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	/* The C library turns SI_TKILL into SI_USER here. */
	return sigtimedwait(&set, &info, &zero) == SIGUSR1 &&
	       info.si_code == SI_USER && info.si_pid == getpid();
}

static void *vcpu_thread(void *arg)
{
	if (use_mask)
		mask_set();
	pthread_barrier_wait(&ready);
	while (!atomic_load(&stop)) {
		unsigned int now;

		if (ioctl(vcpu_fd, KVM_RUN, 0) == 0 || errno != EINTR)
			die("KVM_RUN");
		now = atomic_load(&wanted);
		if (now != atomic_load(&seen) && !take_kick()) {
			fprintf(stderr, "kick: EINTR without its signal\n");
			_exit(1);
		}
		atomic_store(&seen, now);
	}
	return NULL;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void kick_until_seen(pthread_t thread, unsigned int n)
{
	uint64_t deadline = now_ns() + LOST_AFTER * 1000000000ull;

	/* Vary the moment: in the guest, on the way in, on the way out. */
	for (volatile unsigned int spin = (n * 2654435761u) >> 22; spin; spin--)
		;
	atomic_store(&wanted, n);
	pthread_kill(thread, SIGUSR1);
	for (unsigned int i = 1; atomic_load(&seen) != n; i++) {
		if (i > 1000)
			sched_yield();
		if (i % 4096 == 0 && now_ns() > deadline) {
			fprintf(stderr, "kick: number %u was lost\n", n);
			_exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = on_kick};
	unsigned int count;
	pthread_t thread;
	uint64_t start;

	if (argc != 4)
		return 2;
	if (!strcmp(argv[1], "wfi"))
		vm_make(guest_wfi, sizeof(guest_wfi));
	else
		vm_make(guest_spin, sizeof(guest_spin));
	use_mask = !strncmp(argv[2], "mask", 4);
	count = (unsigned int)atoi(argv[3]);
	if (strcmp(argv[2], "mask"))
		sigaction(SIGUSR1, &act, NULL);
	pthread_barrier_init(&ready, NULL, 2);
	if (pthread_create(&thread, NULL, vcpu_thread, NULL))
		die("thread");
	pthread_barrier_wait(&ready);
	start = now_ns();
	for (unsigned int n = 1; n <= count; n++)
		kick_until_seen(thread, n);
	/* The last one may find the thread already gone. */
	atomic_store(&stop, true);
	atomic_store(&wanted, count + 1);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	if (use_mask ? handler_runs != 0
		     : handler_runs != count && handler_runs != count + 1) {
		fprintf(stderr, "kick: the handler ran %u times\n",
			handler_runs);
		return 1;
	}
	printf("kick: %u kicks, %s, %s: %.2f s\n", count, argv[1], argv[2],
	       (double)(now_ns() - start) / 1e9);
	return 0;
}
