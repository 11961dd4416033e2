/* SPDX-License-Identifier: MIT */
/*
 * Unaligned accesses that reach from one page into the next, where one of them
 * or both are no memory. With the MMU on and Normal memory nothing forbids
 * them: the VMM is asked for one access, of the whole length, at the first
 * address that is no memory.
 */
#include "abi.h"

#define TABLE_OFF 0x8000
#define CODE_OFF  0x1000

#define DESC_BLOCK  (1ull | 1ull << 10 | 3ull << 8) /* AF, inner shareable */
#define TCR         (25 | 1ull << 23 | 5ull << 32)  /* 39 bits, TTBR0 only */
#define REG_SCTLR   REG_SYS(3, 0, 1, 0, 0)
#define REG_TTBR0   REG_SYS(3, 0, 2, 0, 0)
#define REG_TCR     REG_SYS(3, 0, 2, 0, 2)
#define REG_MAIR    REG_SYS(3, 0, 10, 2, 0)
#define MMIO_PAGES  0x09000000ull
#define BEFORE_RAM  (GUEST_BASE - 4)
#define END_OF_RAM  (GUEST_BASE + GUEST_SIZE)
#define READ_ONLY   0x50000000ull
#define STORE_VALUE 0x1122334455667788ull

/* One to one, two blocks of 1 GiB, everything Normal. */
static void vm_open(struct abi_vm *v)
{
	uint64_t *table;

	abi_vm_open(v, ABI_NO_GIC);
	table = (uint64_t *)(v->ram + TABLE_OFF);
	table[0] = DESC_BLOCK;
	table[1] = GUEST_BASE | DESC_BLOCK;
	reg_set(v->vcpu, REG_MAIR, 0xff);
	reg_set(v->vcpu, REG_TCR, TCR);
	reg_set(v->vcpu, REG_TTBR0, GUEST_BASE + TABLE_OFF);
	reg_set(v->vcpu, REG_SCTLR, reg_get(v->vcpu, REG_SCTLR) | 1);
}

/* The access of x0 at @va by @word leaves as @len bytes at @gpa. */
static void leaves(struct abi_vm *v, uint32_t word, uint64_t va, uint64_t gpa,
		   unsigned int len)
{
	bool store = !(word & 0x00c00000);
	uint64_t answer = 0xa1a2a3a4a5a6a7a8, data = 0;
	const uint32_t code[] = {word, ASM_HVC(0)};

	abi_guest_load(v, CODE_OFF, code, 2);
	reg_set(v->vcpu, REG_X(0), STORE_VALUE);
	reg_set(v->vcpu, REG_X(1), va);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	EQUAL(v->run->mmio.phys_addr, gpa);
	EQUAL(v->run->mmio.len, len);
	EQUAL(v->run->mmio.is_write, store);
	if (store) {
		memcpy(&data, v->run->mmio.data, len);
		EQUAL(data, len == 8 ? STORE_VALUE
				     : STORE_VALUE & ((1ull << len * 8) - 1));
	} else {
		memcpy(v->run->mmio.data, &answer, len);
	}
	abi_run_nothing(v);
	EQUAL(reg_get(v->vcpu, REG_PC), GUEST_BASE + CODE_OFF + 4);
	if (!store)
		EQUAL(reg_get(v->vcpu, REG_X(0)),
		      len == 8 ? answer : answer & ((1ull << len * 8) - 1));
}

static void no_memory_twice(void)
{
	struct abi_vm v;

	vm_open(&v);
	for (unsigned int k = 1; k < 8; k++) {
		uint64_t at = MMIO_PAGES + 0x1000 - k;

		leaves(&v, ASM_STR(0, 1), at, at, 8);
		leaves(&v, ASM_LDR(0, 1), at, at, 8);
	}
	leaves(&v, ASM_STR_W(0, 1), MMIO_PAGES + 0xffe, MMIO_PAGES + 0xffe, 4);
	leaves(&v, ASM_LDR_W(0, 1), MMIO_PAGES + 0xfff, MMIO_PAGES + 0xfff, 4);
	leaves(&v, ASM_STRH(0, 1), MMIO_PAGES + 0xfff, MMIO_PAGES + 0xfff, 2);
}

static void into_memory(void)
{
	struct abi_vm v;

	vm_open(&v);
	leaves(&v, ASM_STR(0, 1), BEFORE_RAM, BEFORE_RAM, 8);
	leaves(&v, ASM_LDR(0, 1), BEFORE_RAM, BEFORE_RAM, 8);
	/* Nothing of it went to memory. */
	EQUAL(*(uint32_t *)v.ram, 0);
}

static void out_of_memory(void)
{
	struct abi_vm v;

	vm_open(&v);
	leaves(&v, ASM_STR(0, 1), END_OF_RAM - 4, END_OF_RAM, 8);
	leaves(&v, ASM_LDR(0, 1), END_OF_RAM - 4, END_OF_RAM, 8);
	leaves(&v, ASM_STRH(0, 1), END_OF_RAM - 1, END_OF_RAM, 2);
	EQUAL(*(uint32_t *)(v.ram + GUEST_SIZE - 4), 0);
}

/* A read-only slot is no memory to a store. */
static void into_read_only(void)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 1,
		.flags = KVM_MEM_READONLY,
		.guest_phys_addr = READ_ONLY,
		.memory_size = 0x10000,
	};
	struct abi_vm v;

	vm_open(&v);
	slot.userspace_addr = (uintptr_t)mmap(
		NULL, 0x10000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	OK(ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &slot));
	leaves(&v, ASM_STR(0, 1), READ_ONLY + 0xffc, READ_ONLY + 0xffc, 8);
	leaves(&v, ASM_STR(0, 1), READ_ONLY - 4, READ_ONLY - 4, 8);
	leaves(&v, ASM_LDR(0, 1), READ_ONLY - 4, READ_ONLY - 4, 8);
	leaves(&v, ASM_LDR(0, 1), READ_ONLY + 0xfffd, READ_ONLY + 0x10000, 8);
}

/* What has no syndrome has none across pages either. */
static void without_syndrome(void)
{
	const uint32_t words[] = {ASM_LDP(2, 3, 1), ASM_STP(2, 3, 1),
				  0xf8408420 /* ldr x0, [x1], #8 */};
	struct abi_vm v;

	vm_open(&v);
	for (unsigned int k = 0; k < 3; k++) {
		abi_guest_load(&v, CODE_OFF, &words[k], 1);
		reg_set(v.vcpu, REG_X(1), MMIO_PAGES + 0xffc);
		REFUSED(ioctl(v.vcpu, KVM_RUN, 0), ENOSYS);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + CODE_OFF);
	}
}

const struct abi_case cases_crossing[] = {
	{"crossing/no-memory-twice", no_memory_twice},
	{"crossing/into-memory", into_memory},
	{"crossing/out-of-memory", out_of_memory},
	{"crossing/into-read-only", into_read_only},
	{"crossing/without-syndrome", without_syndrome},
	{NULL},
};
