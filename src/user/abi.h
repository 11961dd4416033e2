/* SPDX-License-Identifier: MIT */
/*
 * What programs of arm64 and of 32-bit Arm (EABI, hard float) have differently: how
 * they begin, what they see of the machine, how they call the system and how
 * signals come to them. Which it is, is decided once, when the program is loaded.
 */
#ifndef FAUXKVM_USER_ABI_H
#define FAUXKVM_USER_ABI_H

#include <signal.h>
#include <stdint.h>

struct cpu;
struct user_action;
struct user_thread;

struct user_abi {
	uint16_t elf_machine; /* EM_* */
	uint8_t elf_class;    /* ELFCLASS* */
	uint8_t word;         /* bytes of a pointer or a long */
	uint8_t sp, lr;       /* indices into cpu->x */
	uint32_t audit_arch;
	const char *platform; /* AT_PLATFORM */
	/* Nothing of the program's is there or above; nothing that it has not said where. */
	uint64_t memory_end, memory_top;
	/* Where a position-independent program goes, and how far from there; how far
	 * from it its data may begin; how large its stack may be. */
	uint64_t pie_base, pie_random, brk_random, stack_max;
	/* AT_MINSIGSTKSZ, 0: not told; and the least that sigaltstack() takes. */
	unsigned int frame_size, altstack_min;
	uint64_t (*hwcap)(void), (*hwcap2)(void);
	/* What is left to it by SECCOMP_MODE_STRICT: to read, to write, to exit, to return
	 * from a handler. */
	uint16_t strict_calls[4];
	/* Linux's own page in the program's memory. 0 or -errno. */
	int (*map_page)(void);
	uint64_t (*vdso)(void); /* AT_SYSINFO_EHDR, 0: none */
	/* @cpu is about to run from @entry on. */
	void (*begin)(struct cpu *cpu, uint64_t entry);
	/* The register that points to the thread's storage. */
	uint64_t *(*tls)(struct cpu *cpu);
	/* CPU_EXIT_SYNC, but for arm64's SVC; CPU_EXIT_HOST_FAULT. */
	void (*exception)(struct user_thread *t);
	void (*host_fault)(struct user_thread *t);
	/* As frame_push() in frame.h. */
	int (*frame_push)(struct user_thread *t, const struct user_action *act,
			  int sig, const siginfo_t *info, uint64_t saved);
};

extern const struct user_abi abi_arm64, abi_arm;

/* Of the program; arm64's before it is loaded. */
extern const struct user_abi *user_abi;

/* Of the program that begins with the @n bytes at @head; NULL: it is none of
 * these. */
const struct user_abi *abi_of(const void *head, long n);

#endif
