/* SPDX-License-Identifier: MIT */
/*
 * Restartable sequences: the call rseq, and the critical sections of programs.
 *
 * The host's kernel writes the program's area: which CPU the thread is on. It
 * knows nothing of the program's critical sections, as the host's instruction
 * pointer is in none, and takes the area's pointer to one away whenever the
 * thread is preempted. What a section asks for is kept otherwise: at its
 * beginning the PE stops (stops.h), and it is run instruction by instruction
 * under a lock that all sections of the process have in common; so no two
 * of them are ever in the midst of one, wherever they run. A signal, too long a
 * time, or that the pointer is gone make it begin anew at its abort handler.
 *
 * Sections are found in ELF files that are mapped executable, by the name of the
 * ELF section that describes them, __rseq_cs. A program that makes descriptors at
 * run time is not helped by that.
 */
#ifndef FAUXKVM_USER_RSEQ_H
#define FAUXKVM_USER_RSEQ_H

#include <stdint.h>

#include "cpu/cpu.h"

struct user_thread;

struct user_rseq {
	uint64_t area; /* struct rseq of the program's; 0: none */
	uint32_t len, sig;
};

/* struct rseq_cs: AArch64's, as any. */
struct rseq_section {
	uint32_t version, flags;
	uint64_t start, len, abort;
};

/* What is mapped executable from @offset of @fd on is at @addr. */
void rseq_file_mapped(int fd, uint64_t addr, uint64_t offset);
/* Code from @start to @end is gone. */
void rseq_code_gone(uint64_t start, uint64_t end);
/* rseq-file.c: the sections of a file, for the caller to free, and how many. */
struct rseq_section *rseq_file_sections(int fd, uint64_t addr, uint64_t offset,
					unsigned int *n);

/* The PE of @t has stopped, which may be for a section: what it has left cpu_run()
 * for in the end. CPU_EXIT_DEBUG: nothing to be dealt with. */
enum cpu_exit_reason rseq_stopped(struct user_thread *t);
/* Would the kernel end the thread by SIGSEGV, for an area that can't be written to any
 * more, or that announces a section? It is not a section of ours. In a handler of the
 * host's, too. */
bool rseq_kills(const struct user_thread *t);
/* A handler is to run: where the program comes back to. */
void rseq_signal(struct user_thread *t);
/* The thread ends. */
void rseq_end(struct user_thread *t);
/* Around fork(), and in the child after that. */
void rseq_fork_prepare(void);
void rseq_fork_done(void);
void rseq_forked_child(void);

#endif
