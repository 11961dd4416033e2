/* SPDX-License-Identifier: MIT */
/*
 * The test VMM: options, vCPU threads and their KVM_RUN loop, reset and end.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "vmm.h"

static __thread struct vcpu *this_vcpu;

void die(const char *what)
{
	fprintf(stderr, "vmm: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A kick: also right if it arrives just before KVM_RUN. */
static void on_kick(int sig)
{
	if (this_vcpu)
		this_vcpu->run->immediate_exit = 1;
}

static void kick_all(struct vm *vm)
{
	for (unsigned int i = 0; i < vm->nr_vcpus; i++)
		pthread_kill(vm->vcpus[i].thread, SIGUSR1);
}

void vm_end(struct vm *vm, int status)
{
	bool no = false;

	if (!atomic_compare_exchange_strong(&vm->ended, &no, true))
		return;
	vm->exit_status = status;
	kick_all(vm);
}

/* Every vCPU thread comes here; one of them resets the machine. */
static void meet_for_reset(struct vm *vm)
{
	if (pthread_barrier_wait(&vm->barrier) ==
	    PTHREAD_BARRIER_SERIAL_THREAD) {
		vm->resets++;
		machine_load(vm);
		for (unsigned int i = 0; i < vm->nr_vcpus; i++)
			vcpu_start_state(&vm->vcpus[i]);
		vm->resetting = false;
	}
	pthread_barrier_wait(&vm->barrier);
}

static void system_event(struct vm *vm, const struct kvm_run *run)
{
	if (run->system_event.type == KVM_SYSTEM_EVENT_RESET) {
		vm->resetting = true;
		kick_all(vm);
	} else if (run->system_event.type == KVM_SYSTEM_EVENT_SHUTDOWN) {
		vm_end(vm, vm->status);
	} else {
		fprintf(stderr, "vmm: system event %u\n",
			run->system_event.type);
		vm_end(vm, 1);
	}
}

static void handle_exit(struct vcpu *v)
{
	struct kvm_run *run = v->run;

	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		board_access(v->vm, run->mmio.phys_addr, run->mmio.data,
			     run->mmio.len, run->mmio.is_write);
		break;
	case KVM_EXIT_SYSTEM_EVENT: system_event(v->vm, run); break;
	default:
		fprintf(stderr, "vmm: vCPU %u: exit reason %u\n", v->index,
			run->exit_reason);
		vm_end(v->vm, 1);
	}
}

/* KVM_RUN failed. */
static void handle_error(struct vcpu *v, int err)
{
	static const struct timespec none;
	sigset_t set;

	if (err == EINTR) {
		v->run->immediate_exit = 0;
		if (v->vm->kick_mask) {
			sigemptyset(&set);
			sigaddset(&set, SIGUSR1);
			while (sigtimedwait(&set, NULL, &none) < 0 &&
			       errno == EINTR)
				;
		}
		sem_post(&v->kicked);
		return;
	}
	if (err == EFAULT && machine_restore_hole(v->vm))
		return;
	fprintf(stderr, "vmm: vCPU %u: KVM_RUN: %s\n", v->index, strerror(err));
	vm_end(v->vm, 1);
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *v = arg;
	struct vm *vm = v->vm;

	this_vcpu = v;
	if (!kick_setup(v))
		die("KVM_SET_SIGNAL_MASK");
	v->started = true;
	/* One that runs may kick all: they must exist. */
	pthread_barrier_wait(&vm->barrier);
	while (!vm->ended) {
		if (vm->resetting)
			meet_for_reset(vm);
		if (ioctl(v->fd, KVM_RUN, 0) == 0)
			handle_exit(v);
		else
			handle_error(v, errno);
	}
	return NULL;
}

/* A guest that hangs ends with status 124 and a word about where. */
static void *watchdog(void *arg)
{
	struct vm *vm = arg;
	unsigned int seconds = vm->timeout;

	for (unsigned int i = 0; i < seconds * 10; i++) {
		usleep(100000);
		if (vm->ended)
			return NULL;
	}
	fprintf(stderr, "vmm: no end after %u s\n", seconds);
	vm_end(vm, 124);
	return NULL;
}

static int run_machine(struct vm *vm, unsigned int timeout)
{
	struct sigaction sa = {.sa_handler = on_kick};
	pthread_t dog, kick;

	vm->timeout = timeout;
	if (sigaction(SIGUSR1, &sa, NULL) ||
	    pthread_barrier_init(&vm->barrier, NULL, vm->nr_vcpus))
		die("setup");
	for (unsigned int i = 0; i < vm->nr_vcpus; i++)
		if (sem_init(&vm->vcpus[i].kicked, 0, 0) ||
		    pthread_create(&vm->vcpus[i].thread, NULL, vcpu_thread,
				   &vm->vcpus[i]))
			die("pthread_create");
	if (pthread_create(&dog, NULL, watchdog, vm) ||
	    (vm->kicks && pthread_create(&kick, NULL, kicker, vm)))
		die("pthread_create");
	for (unsigned int i = 0; i < vm->nr_vcpus; i++)
		pthread_join(vm->vcpus[i].thread, NULL);
	if (vm->kicks)
		pthread_join(kick, NULL);
	pthread_join(dog, NULL);
	return vm->exit_status;
}

static void usage(void)
{
	fprintf(stderr,
		"usage: vmm [--smp N] [--gic 0|2|3] [--gic-by "
		"device|legacy|draft|draft-addr]\n"
		"           [--its] [--mem MB] [--timeout S] [--tcg] [--pmu] "
		"[--sve] "
		"[--args WORDS] [--tree FILE] IMAGE\n"
		"       vmm --kicks N [--kick-mask] IMAGE\n"
		"       vmm --bench-ioctls N [--args best]\n"
		"Runs a flat arm64 image (board.h) under /dev/kvm; its exit "
		"status is the guest's. --tcg: the host's CPU is QEMU's "
		"TCG.\n");
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"smp", 1, NULL, 's'},
		{"gic", 1, NULL, 'g'},
		{"its", 0, NULL, 'i'},
		{"mem", 1, NULL, 'm'},
		{"timeout", 1, NULL, 't'},
		{"kicks", 1, NULL, 'k'},
		{"kick-mask", 0, NULL, 'K'},
		{"bench-ioctls", 1, NULL, 'b'},
		{"tcg", 0, NULL, 'T'},
		{"pmu", 0, NULL, 'P'},
		{"sve", 0, NULL, 'V'},
		{"gic-by", 1, NULL, 'G'},
		{"args", 1, NULL, 'a'},
		{"tree", 1, NULL, 'd'},
		{0},
	};
	static struct vm vm = {.nr_vcpus = 1,
			       .gic_version = 3,
			       .ram_size = 64 << 20,
			       .lock = PTHREAD_MUTEX_INITIALIZER};
	unsigned long bench = 0;
	unsigned int timeout = 300;
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (opt) {
		case 's': vm.nr_vcpus = atoi(optarg); break;
		case 'g': vm.gic_version = atoi(optarg); break;
		case 'i': vm.with_its = true; break;
		case 'm': vm.ram_size = (size_t)atoi(optarg) << 20; break;
		case 't': timeout = atoi(optarg); break;
		case 'k': vm.kicks = strtoul(optarg, NULL, 0); break;
		case 'G': vm.gic_by = optarg; break;
		case 'a': vm.args = optarg; break;
		case 'd': vm.tree = optarg; break;
		case 'T': vm.tcg = true; break;
		case 'P': vm.with_pmu = true; break;
		case 'V': vm.with_sve = true; break;
		case 'K': vm.kick_mask = true; break;
		case 'b': bench = strtoul(optarg, NULL, 0); break;
		default: usage();
		}
	if (vm.nr_vcpus < 1 || vm.nr_vcpus > MAX_VCPUS ||
	    (vm.args && strlen(vm.args) >= ARGS_SIZE) ||
	    (optind != argc - 1 && !bench))
		usage();
	vm.image = bench ? NULL : argv[optind];
	setvbuf(stdout, NULL, _IOLBF, 0);
	machine_create(&vm);
	if (bench) {
		bench_ioctls(&vm, bench);
		return 0;
	}
	machine_load(&vm);
	return run_machine(&vm, timeout);
}
