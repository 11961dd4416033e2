/* SPDX-License-Identifier: MIT */
/*
 * The machine that a Linux kernel boots on in the lock-step test: counted
 * time, a GICv3, and a PL011 without interrupts as its console. It calls the
 * kernel model without a shim (tests/kernel/kvm-host.h) and has no threads but
 * those of its vCPUs, so nothing comes from outside and two runs are the same.
 */
#ifndef FAUXKVM_TESTS_JIT_BOOT_BOARD_H
#define FAUXKVM_TESTS_JIT_BOOT_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_RAM   UINT64_C(0x40000000)
#define BOOT_VCPUS 4

struct boot_board {
	uint8_t *ram;
	size_t ram_size;
	const char *image, *initrd; /* files; the second may be NULL */
	const char *args;           /* of the kernel */
	const char *core;           /* whose costs; NULL: a cycle each */
	bool translate;
	unsigned int vcpus;          /* up to BOOT_VCPUS */
	unsigned int jit_memory_mib; /* 0: what is usual */
	unsigned int jit_isa;        /* enum jit_isa */
	int console;                 /* a descriptor; < 0: nobody reads it */
};

/* Calls ended() on one of its threads: 0: the guest has switched itself off;
 * else a line is on stderr. */
_Noreturn void boot_board_run(const struct boot_board *board,
			      void (*ended)(int status));

/* Into @tree, of @size bytes, what the kernel is told of the machine. */
struct boot_initrd {
	uint64_t start, end; /* guest physical */
};
void boot_tree_write(uint8_t *tree, size_t size, const struct boot_board *board,
		     struct boot_initrd initrd);

#endif
