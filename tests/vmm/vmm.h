/* SPDX-License-Identifier: MIT */
/*
 * A small VMM for tests: one VM, a thread per vCPU, the board of board.h. The
 * same source is a VMM for Linux KVM on arm64.
 */
#ifndef FAUXKVM_TESTS_VMM_VMM_H
#define FAUXKVM_TESTS_VMM_VMM_H

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__aarch64__)
#include <linux/kvm.h>
#else
#include <fauxkvm/kvm.h>
#endif

#include "board.h"

#define MAX_VCPUS 8
#define NR_IRQFDS 16
#define HOLE_SIZE 65536

struct vm;

struct vcpu {
	struct vm *vm;
	unsigned int index;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	atomic_bool started; /* a signal is a kick from now on */
	sem_t kicked;        /* posted by each KVM_RUN that got EINTR */
};

struct vm {
	int sys, fd, gic, its;
	unsigned int nr_vcpus, gic_version, irqs;
	const char *gic_by; /* --gic-by, NULL: the device API */
	bool with_its, with_pmu, with_sve;
	bool tcg; /* --tcg */
	size_t ram_size, run_size;
	uint8_t *ram, *rom, *hole;
	const char *image, *args;
	const char *tree; /* to be where memory begins; or NULL */
	struct vcpu vcpus[MAX_VCPUS];

	pthread_mutex_t lock; /* the board's registers */
	int irqfd[NR_IRQFDS]; /* by GSI; -1: not made yet */
	int resample_irqfd, resample_fd, ioevent, ioevent_55;
	uint8_t scratch[16];
	uint32_t scratch_len, status, resets;
	int msi_result;
	bool hole_gone;
	atomic_uint faults;

	atomic_bool ended;     /* every thread leaves */
	atomic_bool resetting; /* every thread meets at the barrier */
	pthread_barrier_t barrier;
	atomic_int exit_status;
	unsigned int timeout; /* seconds, for the watchdog */

	/* --kicks */
	unsigned long kicks;
	bool kick_mask;
};

/* Report errno and end the process. */
void die(const char *what) __attribute__((noreturn));

/* machine.c */
void machine_create(struct vm *vm);
void machine_load(struct vm *vm);         /* image into RAM */
void vcpu_start_state(struct vcpu *vcpu); /* init and registers */
void machine_irqfd(struct vm *vm, unsigned int gsi);
void machine_irq_line(struct vm *vm, unsigned int type, unsigned int vcpu,
		      unsigned int intid, unsigned int level);
int machine_msi(struct vm *vm, uint32_t device, uint32_t event);
void machine_unmap_hole(struct vm *vm);
/* KVM_RUN failed with EFAULT: true if the hole was the reason and is back. */
bool machine_restore_hole(struct vm *vm);

/* gic.c */
void make_gic(struct vm *vm);
unsigned int gic_irqs(const struct vm *vm); /* that it will have */

/* board.c; @data is struct kvm_run's, of MMIO_SIZE bytes whatever @len is */
#define MMIO_SIZE 8
void board_access(struct vm *vm, uint64_t addr, uint8_t *data, unsigned int len,
		  bool write);

/* vmm.c */
void vm_end(struct vm *vm, int status);

/* kick.c: the kicker thread of --kicks */
void *kicker(void *vm);
bool kick_setup(struct vcpu *vcpu);

/* bench/ioctls.c: ioctl round trips, @n of each, at least 100 */
void bench_ioctls(struct vm *vm, unsigned long n);

#endif
