/* SPDX-License-Identifier: MIT */
/*
 * Atomic accesses to guest memory and memory order, by this host.
 *
 * Plain accesses of the guest are plain ones of the host, which may order them
 * less than a host does that orders all (x86-64) but not less than Arm: an
 * address, data or control dependency of the guest's is one of the
 * interpreter's, through struct cpu. What asks for order gets it from here or
 * from the compiler's atomics.
 */
#ifndef FAUXKVM_CPU_HOST_ATOMIC_H
#define FAUXKVM_CPU_HOST_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

/* DMB, DSB of all accesses. */
static inline void host_fence_full(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* DMB LD: earlier loads before later loads and stores. */
static inline void host_fence_load(void)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

/* DMB ST: earlier stores before later ones. */
static inline void host_fence_store(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

/*
 * Context synchronization (ISB, exceptions): earlier loads that a branch
 * depends on before later loads (Arm ARM B2.3.3).
 */
static inline void host_fence_context(void)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

/*
 * host_cas128(p, old, new): compare the 16 bytes at @p (aligned) with @old and
 * if equal store @new. @old becomes what was read. True if stored. Writes in
 * either case.
 *
 * host_load_16(p), host_store_16(p, val): two doublewords, as one access if they are
 * aligned together and the host can: HOST_LSE2 says so, and that its plain and locked accesses
 * within 16 bytes that are aligned are single-copy atomic.
 */
struct host_pair {
	uint64_t first, second;
};
#if defined(__x86_64__)
#include "cpu/host-x86-64-atomic.h"
#elif defined(__aarch64__)
#include "cpu/host-arm64-atomic.h"
#else
#error "no host-<architecture>-atomic.h for this architecture"
#endif

#endif
