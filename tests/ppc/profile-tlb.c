/* SPDX-License-Identifier: MIT */
/*
 * Client of the PowerPC profile: the TLB of a vCPU, translation and dirty entries. See profile.h.
 */
#include "profile.h"

#include <sys/mman.h>

static void translate(uint64_t addr)
{
	struct kvm_translation tr = {.linear_address = addr,
				     .physical_address = 0x77,
				     .valid = 9,
				     .writeable = 9,
				     .usermode = 9};
	int ret = ask(vcpu, KVM_TRANSLATE, &tr);

	printf("translate %llx: %s %llx valid %u %u %u\n",
	       (unsigned long long)addr, answer(ret),
	       (unsigned long long)tr.physical_address, tr.valid, tr.writeable,
	       tr.usermode);
}

static struct kvm_book3e_206_tlb_entry *tlb;

static int config_tlb(const uint32_t sizes[4], const uint32_t ways[4],
		      uint32_t len, uint32_t type, uint64_t array)
{
	struct kvm_book3e_206_tlb_params p = {.tlb_sizes = {0}};
	struct kvm_config_tlb cfg = {.params = PTR(&p),
				     .array = array,
				     .mmu_type = type,
				     .array_len = len};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_SW_TLB,
				     .args = {PTR(&cfg)}};

	memcpy(p.tlb_sizes, sizes, sizeof(p.tlb_sizes));
	memcpy(p.tlb_ways, ways, sizeof(p.tlb_ways));
	return ask(vcpu, KVM_ENABLE_CAP, &cap);
}

static void config(const char *what, uint32_t size0, uint32_t ways0,
		   uint32_t size1, uint32_t ways1, uint32_t size2,
		   uint32_t ways3)
{
	const uint32_t sizes[4] = {size0, size1, size2};
	const uint32_t ways[4] = {ways0, ways1, 0, ways3};

	SAY(what, config_tlb(sizes, ways, 0x10000, 0, PTR(tlb)));
}

#define V(size, space, tid) \
	(0x80000000u | (tid) << 16 | (space) << 12 | (size) << 7)

void tlb_config(void)
{
	const uint32_t sizes[4] = {512, 16}, ways[4] = {4, 16};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_SW_TLB, .args = {8}};
	struct kvm_config_tlb cfg = {.params = 8};

	/* Not asked: what is found before it is configured. Linux looks at
	 * memory for that which it has not written. */
	topic("TLB");
	tlb = mmap(NULL, 0x11000, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect((char *)tlb + 0x10000, 0x1000, PROT_NONE);
	SAY("args[0] nowhere", ask(vcpu, KVM_ENABLE_CAP, &cap));
	cap.args[0] = PTR(&cfg);
	SAY("params nowhere", ask(vcpu, KVM_ENABLE_CAP, &cap));
	cfg.mmu_type = 1;
	SAY("params nowhere, type 1", ask(vcpu, KVM_ENABLE_CAP, &cap));
	SAY("type 1", config_tlb(sizes, ways, 0x10000, 1, PTR(tlb)));
	config("TLB1 of 65", 512, 4, 65, 65, 0, 0);
	config("TLB1 of 16, 8 ways", 512, 4, 16, 8, 0, 0);
	config("TLB2", 512, 4, 16, 16, 1, 0);
	config("TLB3's ways", 512, 4, 16, 16, 0, 1);
	config("TLB0 of 0 ways", 512, 0, 16, 16, 0, 0);
	config("TLB0 of 3 ways", 512, 3, 16, 16, 0, 0);
	config("TLB0 of 3 sets", 12, 4, 16, 16, 0, 0);
	config("TLB0 of 0", 0, 4, 16, 16, 0, 0);
	config("TLB1 of 0", 512, 4, 0, 0, 0, 0);
	config("TLB0 of 32 ways", 512, 32, 16, 16, 0, 0);
	SAY("too short", config_tlb(sizes, ways, 528 * 24 - 1, 0, PTR(tlb)));
	SAY("just long enough", config_tlb(sizes, ways, 528 * 24, 0, PTR(tlb)));
	SAY("array nowhere", config_tlb(sizes, ways, 0x10000, 0, 0));
	SAY("array at an end",
	    config_tlb(sizes, ways, 0x10000, 0, PTR(tlb) + 0xf000));
	get_sregs("configured");
	config("TLB0 of 4096", 2048, 4, 16, 16, 0, 0);
	get_sregs("TLB0 of 2048");
}

void tlb_entries(void)
{
	const uint32_t sizes[4] = {512, 16}, ways[4] = {4, 16};
	struct kvm_dirty_tlb dirty = {.bitmap = 0, .num_dirty = 0};
	struct kvm_book3e_206_tlb_entry *tlb1 = tlb + 512;

	topic("TLB entries");
	memset(tlb, 0, 0x10000);
	tlb1[0].mas1 = V(18, 0, 0); /* 256 MiB */
	tlb1[0].mas7_3 = 0x40000000;
	tlb1[1].mas1 = V(2, 1, 7);
	tlb1[1].mas2 = 0x80000000;
	tlb1[1].mas7_3 = 0xc12345015;
	SAY("configure", config_tlb(sizes, ways, 0x10000, 0, PTR(tlb)));
	translate(0);
	translate(0x0fffffff);
	translate(0x10000000);
	translate(0x80000123);
	translate(0x80000123 | 1ull << 40);
	translate(0x80000123 | 1ull << 40 | 7ull << 32);
	translate(0x80000123 | 1ull << 40 | 8ull << 32);
	translate(0x80000123 | 7ull << 32);
	translate(0x00001000 | 1ull << 41);
	/* TLB1 beyond what KVM was told of. */
	tlb1[2].mas1 = V(2, 0, 0);
	tlb1[2].mas2 = 0xf0000000;
	tlb1[2].mas7_3 = 0x1000;
	translate(0xf0000010);
	SAY("dirty", ask(vcpu, KVM_DIRTY_TLB, &dirty));
	translate(0xf0000010);
	/* TLB0: the set of the address, four ways. */
	tlb[(0x12345 & 127) * 4 + 3].mas1 = V(2, 0, 0);
	tlb[(0x12345 & 127) * 4 + 3].mas2 = 0x12345000;
	tlb[(0x12345 & 127) * 4 + 3].mas7_3 = 0xabc000;
	translate(0x12345678);
	tlb[(0x12346 & 127) * 4 + 4].mas1 = V(2, 0, 0);
	tlb[(0x12346 & 127) * 4 + 4].mas2 = 0x12346000;
	translate(0x12346678);
	/* TLB0 goes before TLB1. */
	tlb[8].mas1 = V(2, 0, 0);
	tlb[8].mas2 = 0x00002000;
	tlb[8].mas7_3 = 0x5000;
	translate(0x00002abc);
	tlb[8].mas1 &= 0x7fffffff;
	translate(0x00002abc);
}
