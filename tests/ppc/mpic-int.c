/* SPDX-License-Identifier: MIT */
/*
 * The MPIC's client: what INT is after each step of random walks, which only a
 * guest can say. It has two instructions: one to execute without an interrupt,
 * one for the vector of external interrupts; each leaves by a write of its own.
 * Needs a KVM_RUN that runs: part "int" of the client is for the real kernel,
 * and its answers (mpic-int.expected) are held against src/mpic by
 * tests/mpic/test-mpic-walks.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mpic-client.h"

#define RAM_SIZE  0x10000u
#define START     0x1000u
#define VECTOR    0x2000u
#define NOWHERE   0x08000000u /* no memory: a write leaves the guest */
#define MSR_EE    0x8000u
#define TLB0      512u
#define TLB1      16u
#define STW_R3(d) (0x90640000u | (d)) /* stw r3, d(r4) */

static void must(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "mpic-client: %s: %s\n", what, strerrorname_np(-ret));
	exit(2);
}

static void *pages(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(p == MAP_FAILED ? -errno : 0, "mmap");
	return p;
}

static void memory(struct world *w)
{
	uint32_t *ram = pages(RAM_SIZE);
	struct kvm_userspace_memory_region slot = {
		.memory_size = RAM_SIZE,
		.userspace_addr = (uintptr_t)ram,
	};

	ram[START / 4] = STW_R3(0);
	ram[VECTOR / 4] = STW_R3(4);
	must(call(w->vm, KVM_SET_USER_MEMORY_REGION, &slot), "memory");
}

/* The first 256 MiB one to one, and a vector for external interrupts. */
static struct kvm_run *processor(struct world *w, int vcpu)
{
	struct kvm_book3e_206_tlb_entry *tlb = pages(0x4000);
	struct kvm_book3e_206_tlb_params params = {
		.tlb_sizes = {TLB0, TLB1},
		.tlb_ways = {4, TLB1},
	};
	struct kvm_config_tlb config = {
		.params = (uintptr_t)&params,
		.array = (uintptr_t)tlb,
		.array_len = (TLB0 + TLB1) * sizeof(*tlb),
	};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_SW_TLB,
				     .args = {(uintptr_t)&config}};
	struct kvm_dirty_tlb dirty = {.bitmap = 0};
	int size = call(w->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL);
	struct kvm_sregs sregs;
	void *run;

	must(call(vcpu, KVM_ENABLE_CAP, &cap), "KVM_CAP_SW_TLB");
	tlb[TLB0].mas1 = 0xc0000000 | 18 << 7;
	tlb[TLB0].mas7_3 = 0x3f;
	must(call(vcpu, KVM_DIRTY_TLB, &dirty), "KVM_DIRTY_TLB");
	must(call(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.u.e.ivpr = 0;
	sregs.u.e.ivor_low[4] = VECTOR;
	must(call(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	must(run == MAP_FAILED ? -errno : 0, "struct kvm_run");
	return run;
}

static bool interrupted(int vcpu, const struct kvm_run *run)
{
	struct kvm_regs regs = {.pc = START, .msr = MSR_EE};

	/* KVM takes r1 = 0 for a critical section of the guest. */
	regs.gpr[1] = 1;
	regs.gpr[4] = NOWHERE;
	must(call(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	must(call(vcpu, KVM_RUN, NULL), "KVM_RUN");
	must(run->exit_reason == KVM_EXIT_MMIO ? 0 : -EIO, "exit");
	return run->mmio.phys_addr == NOWHERE + 4;
}

static struct kvm_run *runs[NR_CPUS];

static void say_int(struct world *w)
{
	char bits[NR_CPUS + 1] = "";

	for (unsigned int i = 0; i < w->nr_vcpus; i++)
		bits[i] = '0' + interrupted(w->vcpu[i], runs[i]);
	say("int %s", bits);
}

/* Each that is interrupted, and its EPR then: the vector, in proxy mode. A reset,
 * which walks do, ends that mode. */
static void say_epr(struct world *w)
{
	static unsigned int steps;
	uint32_t epr = 0;
	struct kvm_one_reg reg = {.id = KVM_REG_PPC_EPR,
				  .addr = (uintptr_t)&epr};

	if (steps++ % 16 == 0)
		wr(w, GCR, 0x60000000);
	for (unsigned int i = 0; i < w->nr_vcpus; i++) {
		if (!interrupted(w->vcpu[i], runs[i]))
			continue;
		must(call(w->vcpu[i], KVM_GET_ONE_REG, &reg), "EPR");
		say("epr %u: %x", i, epr);
	}
	say("epr");
}

static void guests(struct world *w)
{
	memory(w);
	for (unsigned int i = 0; i < w->nr_vcpus; i++)
		runs[i] = processor(w, w->vcpu[i]);
}

void client_int(uint32_t type)
{
	for (unsigned int cpus = 1; cpus < 4; cpus++)
		client_walk(type, cpus, 10 + cpus, guests, say_int);
	client_walk(type, 2, 20, guests, say_epr);
}
