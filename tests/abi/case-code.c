/* SPDX-License-Identifier: MIT */
/*
 * Guest code that the VMM rewrites between two KVM_RUNs, after the guest ran
 * it: the new code runs. The VMM does the cache maintenance that any host
 * wants; the guest does none.
 */
#include "abi.h"

#define CODE_OFF   0x2000
#define CALLEE_OFF 0x3000 /* in another page */
/* Memory that is a file, beside the VM's own. */
#define FILE_BASE 0x50000000ull
#define FILE_SIZE 0x10000

static void vm_open(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	reg_set(v->vcpu, REG_X(1), GUEST_MMIO);
}

static void clear_cache(void *at, size_t size)
{
	__builtin___clear_cache((char *)at, (char *)at + size);
}

/* Run at @pc up to the store that tells a value: that. */
static uint64_t told_at(struct abi_vm *v, uint64_t pc)
{
	uint64_t data;

	reg_set(v->vcpu, REG_PC, pc);
	NEED(abi_run(v) == KVM_EXIT_MMIO && v->run->mmio.is_write);
	memcpy(&data, v->run->mmio.data, sizeof(data));
	abi_run_nothing(v);
	return data;
}

static uint64_t told(struct abi_vm *v)
{
	return told_at(v, GUEST_BASE + CODE_OFF);
}

static void put(uint8_t *at, uint32_t word)
{
	memcpy(at, &word, sizeof(word));
	clear_cache(at, sizeof(word));
}

static void by_memcpy(void)
{
	struct abi_vm v;

	vm_open(&v);
	GUEST(&v, CODE_OFF, ASM_MOVZ(0, 1, 0), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(told(&v), 1);
	for (unsigned int k = 2; k < 50; k++) {
		put(v.ram + CODE_OFF, ASM_MOVZ(0, k, 0));
		EQUAL(told(&v), k);
	}
}

/* With no request in between: the exit before was not an access that the VMM
 * answers. */
static void without_a_request(void)
{
	struct abi_vm v;

	vm_open(&v);
	GUEST(&v, CODE_OFF, ASM_STR(0, 1), ASM_MOVZ(0, 1, 0), ASM_B(-2));
	reg_set(v.vcpu, REG_X(0), 1);
	for (unsigned int k = 1; k < 20; k++) {
		NEED(abi_run(&v) == KVM_EXIT_MMIO);
		EQUAL(*(uint16_t *)v.run->mmio.data, k);
		abi_run_nothing(&v);
		put(v.ram + CODE_OFF + 4, ASM_MOVZ(0, k + 1, 0));
	}
}

static const uint32_t caller[] = {
	ASM_MOVZ(0, 0, 0), ASM_MOVZ(3, 100, 0), ASM_BLR(4), /* the callee */
	0xf1000463, /* subs x3, x3, #1 */
	0x54ffffc1, /* b.ne .-8 */
	ASM_STR(0, 1),     ASM_B_SELF,
};

/* What the guest has called a hundred times, from another page. */
static void called_code(void)
{
	struct abi_vm v;

	vm_open(&v);
	GUEST(&v, CALLEE_OFF, ASM_ADD_IMM(0, 0, 1), ASM_RET);
	abi_guest_load(&v, CODE_OFF, caller, sizeof(caller) / 4);
	reg_set(v.vcpu, REG_X(4), GUEST_BASE + CALLEE_OFF);
	EQUAL(told(&v), 100);
	put(v.ram + CALLEE_OFF, ASM_ADD_IMM(0, 0, 7));
	EQUAL(told(&v), 700);
	/* The caller changes, the callee stays. */
	put(v.ram + CODE_OFF + 4, ASM_MOVZ(3, 10, 0));
	EQUAL(told(&v), 70);
}

static const uint32_t loop[] = {
	ASM_MOVZ(0, 0, 0), ASM_MOVZ(3, 50, 0),
	ASM_B(1),          ASM_ADD_IMM(0, 0, 1), /* changed */
	ASM_B(1),          0xf1000463,           /* subs x3, x3, #1 */
	0x54ffffa1,                              /* b.ne .-12 */
	ASM_STR(0, 1),     ASM_B_SELF,
};

/* In the middle of what branches within a page lead to: not where KVM_RUN
 * begins. */
static void linked_code(void)
{
	struct abi_vm v;

	vm_open(&v);
	abi_guest_load(&v, CODE_OFF, loop, sizeof(loop) / 4);
	EQUAL(told(&v), 50);
	for (unsigned int k = 2; k < 20; k++) {
		put(v.ram + CODE_OFF + 3 * 4, ASM_ADD_IMM(0, 0, k));
		EQUAL(told(&v), 50 * k);
	}
}

/* Data among the code changes, the code does not. */
static void data_beside_code(void)
{
	struct abi_vm v;

	vm_open(&v);
	GUEST(&v, CODE_OFF, 0x580000c0 /* ldr x0, .+24 */, ASM_STR(0, 1),
	      ASM_B_SELF);
	for (uint64_t k = 1; k < 20; k++) {
		memcpy(v.ram + CODE_OFF + 24, &k, sizeof(k));
		EQUAL(told(&v), k);
	}
}

/* The page has new code beside what ran, then instead of it. */
static void more_code_in_the_page(void)
{
	struct abi_vm v;

	vm_open(&v);
	GUEST(&v, CODE_OFF, ASM_MOVZ(0, 1, 0), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(told(&v), 1);
	GUEST(&v, CODE_OFF + 0x800, ASM_MOVZ(0, 2, 0), ASM_B(-0x201));
	EQUAL(told_at(&v, GUEST_BASE + CODE_OFF + 0x800), 1);
	GUEST(&v, CODE_OFF, ASM_MOVZ(0, 3, 0), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(told_at(&v, GUEST_BASE + CODE_OFF + 0x800), 3);
	put(v.ram + CODE_OFF + 0x804, ASM_B(-0x200));
	EQUAL(told_at(&v, GUEST_BASE + CODE_OFF + 0x800), 2);
}

/* ---- memory that is a file ----------------------------------------------- */

static int file_slot(struct abi_vm *v, uint8_t **ram)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 1,
		.guest_phys_addr = FILE_BASE,
		.memory_size = FILE_SIZE,
	};
	int fd = memfd_create("guest", MFD_CLOEXEC);

	NEED(fd >= 0 && ftruncate(fd, FILE_SIZE) == 0);
	*ram = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	NEED(*ram != MAP_FAILED);
	slot.userspace_addr = (uintptr_t)*ram;
	NEED(ioctl(v->vm, KVM_SET_USER_MEMORY_REGION, &slot) == 0);
	return fd;
}

static const uint32_t tell_1[] = {ASM_MOVZ(0, 1, 0), ASM_STR(0, 1), ASM_B_SELF};

static void by_pwrite(void)
{
	struct abi_vm v;
	uint8_t *ram;
	int fd;

	vm_open(&v);
	fd = file_slot(&v, &ram);
	NEED(pwrite(fd, tell_1, sizeof(tell_1), 0x100) == sizeof(tell_1));
	clear_cache(ram + 0x100, sizeof(tell_1));
	EQUAL(told_at(&v, FILE_BASE + 0x100), 1);
	for (unsigned int k = 2; k < 20; k++) {
		uint32_t word = ASM_MOVZ(0, k, 0);

		NEED(pwrite(fd, &word, 4, 0x100) == 4);
		clear_cache(ram + 0x100, 4);
		EQUAL(told_at(&v, FILE_BASE + 0x100), k);
	}
}

static void by_second_mapping(void)
{
	struct abi_vm v;
	uint8_t *ram, *other;
	int fd;

	vm_open(&v);
	fd = file_slot(&v, &ram);
	other = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		     0);
	NEED(other != MAP_FAILED);
	memcpy(ram, tell_1, sizeof(tell_1));
	clear_cache(ram, sizeof(tell_1));
	EQUAL(told_at(&v, FILE_BASE), 1);
	for (unsigned int k = 2; k < 20; k++) {
		put(other, ASM_MOVZ(0, k, 0));
		clear_cache(ram, 4);
		EQUAL(told_at(&v, FILE_BASE), k);
	}
}

/* By the kernel, on the VMM's behalf. */
static void by_read(void)
{
	struct abi_vm v;
	int pipes[2];

	vm_open(&v);
	NEED(pipe(pipes) == 0);
	GUEST(&v, CODE_OFF, ASM_MOVZ(0, 1, 0), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(told(&v), 1);
	for (unsigned int k = 2; k < 20; k++) {
		uint32_t word = ASM_MOVZ(0, k, 0);

		NEED(write(pipes[1], &word, 4) == 4);
		NEED(read(pipes[0], v.ram + CODE_OFF, 4) == 4);
		clear_cache(v.ram + CODE_OFF, 4);
		EQUAL(told(&v), k);
	}
}

/* ---- two vCPUs ----------------------------------------------------------- */

static void for_two_vcpus(void)
{
	struct abi_vm v, second;

	vm_open(&v);
	second = v;
	second.vcpu = abi_vcpu(&v, 1, &second.run);
	reg_set(second.vcpu, REG_X(1), GUEST_MMIO);
	GUEST(&v, CODE_OFF, ASM_MOVZ(0, 1, 0), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(told(&v), 1);
	EQUAL(told(&second), 1);
	for (unsigned int k = 2; k < 20; k++) {
		put(v.ram + CODE_OFF, ASM_MOVZ(0, k, 0));
		if (k % 2)
			EQUAL(told(&v), k);
		EQUAL(told(&second), k);
	}
}

const struct abi_case cases_code[] = {
	{"code/memcpy", by_memcpy},
	{"code/no-request-between", without_a_request},
	{"code/called", called_code},
	{"code/linked", linked_code},
	{"code/data-beside", data_beside_code},
	{"code/more-in-the-page", more_code_in_the_page},
	{"code/pwrite", by_pwrite},
	{"code/second-mapping", by_second_mapping},
	{"code/read", by_read},
	{"code/two-vcpus", for_two_vcpus},
	{NULL},
};
