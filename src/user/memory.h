/* SPDX-License-Identifier: MIT */
/*
 * The program's memory: mappings of the process that are the program's, at the
 * addresses it sees. The engine has mappings of its own in the same address
 * space; what is not in here is not the program's, and no call of its may unmap,
 * replace or change it.
 *
 * Protections are the program's view: the host's mapping never allows to
 * execute, and what may be executed may be read.
 *
 * Functions that map, unmap or change speak as the system call: an address or 0,
 * or -errno. Any thread.
 */
#ifndef FAUXKVM_USER_MEMORY_H
#define FAUXKVM_USER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Nothing of the program's is at @end or above, and at @top or above only what it says
 * itself. Before anything is mapped. */
void memory_confine(uint64_t end, uint64_t top);

long memory_map(uint64_t addr, uint64_t len, int prot, int flags, int fd,
		uint64_t offset);
long memory_unmap(uint64_t addr, uint64_t len);
long memory_protect(uint64_t addr, uint64_t len, int prot);
long memory_remap(uint64_t old, uint64_t old_len, uint64_t len, int flags,
		  uint64_t to);
long memory_remap_file(uint64_t addr, uint64_t len, uint64_t prot,
		       uint64_t pgoff, uint64_t flags);

/* ---- calls about a range (memory-range.c) -------------------------------- */

long memory_advise(uint64_t addr, uint64_t len, int advice);
long memory_sync(uint64_t addr, uint64_t len, int flags);
/* The calls mlock2 (@flags) and munlock; mlockall and munlockall: the program's
 * memory, now and in future, and none of the engine's. */
long memory_lock(uint64_t addr, uint64_t len, unsigned int flags);
long memory_unlock(uint64_t addr, uint64_t len);
long memory_lock_all(int flags);
long memory_unlock_all(void);
/* To @vec, of the program's. */
long memory_in_core(uint64_t addr, uint64_t len, uint64_t vec);
long memory_seal(uint64_t addr, uint64_t len, unsigned long flags);

long memory_shm_attach(int id, uint64_t addr, int flags);
long memory_shm_detach(uint64_t addr);

/* ---- the program's data -------------------------------------------------- */

/* The call brk: the program's data may grow from @start on. */
void memory_set_brk(uint64_t start);
long memory_brk(uint64_t end);

/* What the mappings at @addr are for: how maps calls them. */
void memory_is_stack(uint64_t addr, uint64_t len);
void memory_is_guard(uint64_t addr, uint64_t len);
void memory_is_vdso(uint64_t addr, uint64_t len);
void memory_is_vectors(uint64_t addr, uint64_t len);

/* ---- questions ----------------------------------------------------------- */

/* What of the program's mappings is at @from or the next one above, which may be
 * part of a mapping of the host's. False: none. */
struct memory_area {
	uint64_t start, end;
	int prot;
	const char *name; /* "[heap]"; NULL: as the host says */
};
bool memory_area(uint64_t from, struct memory_area *area);

/* May what is at @va be executed? Seldom more than two loads. */
bool memory_executable(uint64_t va);
/* Is there anything of the program's? */
bool memory_mapped(uint64_t va);
/* Is it the stack's guard, where nothing is? */
bool memory_guards(uint64_t va);
/* Is all of it the program's? */
bool memory_covered(uint64_t addr, uint64_t len);

/* Around fork(): the tree is whole. */
void memory_fork_prepare(void);
void memory_fork_done(void);

#endif
