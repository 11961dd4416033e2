/* SPDX-License-Identifier: MIT */
/*
 * What of the program's system calls is KVM's: /dev/kvm and its descriptors,
 * eventfds that are irqfds, memory that may be a guest's. The kernel model is in
 * this process (shim/embed.h), and what the answers are the shim's functions say
 * (shim/vmm-calls.h).
 *
 * A call is looked at as the host's, numbers and structures, when it has been
 * converted. A call that has nothing to do with KVM costs a load.
 */
#ifndef FAUXKVM_USER_KVM_H
#define FAUXKVM_USER_KVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before the program runs. */
void kvm_init(void);

struct kvm_call {
	/* True: *@ret is the answer, there is no call to make. */
	bool (*before)(const uint64_t args[6], long *ret);
	/* Of a call that was made and has answered *@ret. */
	void (*after)(const uint64_t args[6], long *ret);
	/* It may wait for what a recording has to know of (shim/wake-call.h). */
	bool wakes;
};

#define KVM_CALLS 512
extern const struct kvm_call kvm_calls[KVM_CALLS];

/* What KVM has to do with the host's call @nr; NULL: nothing. */
static inline const struct kvm_call *kvm_call(long nr)
{
	const struct kvm_call *call =
		nr >= 0 && nr < KVM_CALLS ? &kvm_calls[nr] : NULL;

	return call && (call->before || call->after || call->wakes) ? call
								    : NULL;
}

/* What comes before the host's call @nr, by its row: as for before(). */
bool kvm_before(const struct kvm_call *kvm, long nr, const uint64_t args[6],
		long *ret);

/*
 * Around calls that change the program's memory, which memory.h makes. Refused:
 * as for before(). What was changed is told afterwards, without memory.c's lock,
 * and even if the call failed half way.
 */
bool kvm_refuses_map(int fd, uint64_t len, int prot, int flags, uint64_t offset,
		     long *ret);
void kvm_mapped(int fd, uint64_t addr, uint64_t len, int prot, int flags,
		uint64_t offset);
void kvm_memory_changed(uint64_t addr, uint64_t len);
void kvm_memory_advised(uint64_t addr, uint64_t len, int advice);
/* A range whose length is not known is all that a program can map, from 0. */
#define KVM_ALL_MEMORY (UINT64_C(1) << 47)

#endif
