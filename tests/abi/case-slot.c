/* SPDX-License-Identifier: MIT */
/*
 * Memory slots and the dirty log: each errno, and which comes first when two
 * things are wrong. Slots lie at 4 GiB, where nothing else is.
 */
#include "abi.h"

#define AT    0x100000000ull
#define SIZE  0x10000ull
#define DIRTY KVM_MEM_LOG_DIRTY_PAGES
#define RO    KVM_MEM_READONLY

static struct abi_vm v;
static uint64_t host; /* memory of 2 * SIZE */
static uint64_t end;  /* of the guest's addresses */

static void open_vm(void)
{
	void *mem;

	abi_vm_open(&v, ABI_NO_GIC);
	mem = mmap(NULL, 2 * SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(mem != MAP_FAILED);
	host = (uintptr_t)mem;
}

static int slot(uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
		uint64_t hva)
{
	struct kvm_userspace_memory_region r = {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = hva,
	};

	return ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &r);
}

static int slot2(uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
		 uint64_t hva)
{
	struct kvm_userspace_memory_region2 r = {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = hva,
		/* Not looked at without KVM_MEM_GUEST_MEMFD. */
		.guest_memfd_offset = 0x123,
		.guest_memfd = ~0u,
		.pad1 = 5,
	};

	memset(r.pad2, 0xff, sizeof(r.pad2));
	return ioctl(v.vm, KVM_SET_USER_MEMORY_REGION2, &r);
}

typedef int slot_fn(uint32_t, uint32_t, uint64_t, uint64_t, uint64_t);

static void errors_by(slot_fn *set)
{
	const uint64_t end = abi_ipa_end(); /* of the VM's addresses */
	const struct {
		const char *name;
		uint32_t id, flags;
		uint64_t gpa, size, hva;
		int err;
	} rows[] = {
		{"flag 2", 1, 4, AT, SIZE, host, EINVAL},
		{"flag 3", 1, 8, AT, SIZE, host, EINVAL},
		{"flag 31", 1, 1u << 31, AT, SIZE, host, EINVAL},
		{"id 32767", 32767, 0, AT, SIZE, host, EINVAL},
		{"address space 1", 1 << 16 | 1, 0, AT, SIZE, host, EINVAL},
		{"size not of pages", 1, 0, AT, SIZE + 1, host, EINVAL},
		{"gpa not of a page", 1, 0, AT + 8, SIZE, host, EINVAL},
		{"hva not of a page", 1, 0, AT, SIZE, host + 1, EINVAL},
		{"hva tagged", 1, 0, AT, SIZE, host | 5ull << 56, EINVAL},
		{"hva a kernel's", 1, 0, AT, SIZE, ~0xfffffull, EINVAL},
		{"hva wraps", 1, 0, AT, 0x200000, ~0xfffffull, EINVAL},
		{"gpa wraps", 1, 0, ~0xfffull, 0x2000, host, EINVAL},
		{"2^31 pages", 1, 0, AT, 1ull << 43, 1 << 20, EINVAL},
		{"none to delete", 1, 0, AT, 0, host, EINVAL},
		{"none to delete, flags", 1, DIRTY, AT, 0, host, EINVAL},
		{"overlap at the end", 1, 0, GUEST_BASE - 0x1000, 0x2000, host,
		 EEXIST},
		{"overlap at the start", 1, 0, GUEST_BASE + GUEST_SIZE - 0x1000,
		 0x2000, host, EEXIST},
		{"overlap around", 1, 0, 0, 1ull << 31, 1 << 20, EEXIST},
		{"beyond the addresses", 1, 0, end, SIZE, host, EFAULT},
		{"across their end", 1, 0, end - 0x1000, 0x2000, host, EFAULT},
		/* Two at once: the first of the list above decides. */
		{"flag, none to delete", 1, 4, AT, 0, host, EINVAL},
		{"overlap, beyond", 1, 0, GUEST_BASE, 1ull << 41, 1 << 20,
		 EEXIST},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		ROW(set(rows[i].id, rows[i].flags, rows[i].gpa, rows[i].size,
			rows[i].hva),
		    rows[i].err, rows[i].name);
	/* Nothing of it was made. */
	for (uint32_t id = 1; id < 3; id++)
		REFUSED(set(id, 0, AT, 0, host), EINVAL);
	/* Up to the end, at the last id; no memory is needed behind it. */
	OK(set(32766, 0, end - SIZE, SIZE, host));
	OK(set(32766, 0, end - SIZE, 0, 0));
	OK(set(32766, RO | DIRTY, AT, SIZE, 1 << 20));
	OK(set(32766, 0, 0, 0, 0));
}

static void errors(void)
{
	open_vm();
	errors_by(slot);
	errors_by(slot2);
}

/* What may change of a slot that is there. */
static void changes_by(slot_fn *set)
{
	OK(set(1, 0, AT, SIZE, host));
	OK(set(1, 0, AT, SIZE, host));
	REFUSED(set(1, 0, AT, SIZE * 2, host), EINVAL);
	REFUSED(set(1, 0, AT, SIZE / 2, host), EINVAL);
	REFUSED(set(1, 0, AT, SIZE, host + 0x1000), EINVAL);
	REFUSED(set(1, RO, AT, SIZE, host), EINVAL);
	REFUSED(set(1, RO | DIRTY, AT, SIZE, host), EINVAL);
	OK(set(1, DIRTY, AT, SIZE, host));
	OK(set(1, DIRTY, AT, SIZE, host));
	OK(set(1, 0, AT, SIZE, host));
	/* It moves, onto what it was, but not onto another. */
	OK(set(1, 0, AT + 0x1000, SIZE, host));
	REFUSED(set(1, 0, GUEST_BASE, SIZE, host), EEXIST);
	REFUSED(set(1, 0, abi_ipa_end(), SIZE, host), EFAULT);
	REFUSED(set(1, 0, GUEST_BASE, SIZE * 2, host), EINVAL);
	/* Host memory may be of several slots. */
	OK(set(2, 0, AT + 0x100000, SIZE, host));
	/* Deleting looks at the id, and at what every request needs. */
	REFUSED(set(2, 0, AT + 1, 0, host), EINVAL);
	REFUSED(set(2, 4, AT, 0, host), EINVAL);
	OK(set(2, RO, 0, 0, 0));
	REFUSED(set(2, 0, 0, 0, 0), EINVAL);
	OK(set(1, 0, AT, 0, 0));
}

static void changes(void)
{
	open_vm();
	changes_by(slot);
	changes_by(slot2);
	/* One knows what the other made. */
	OK(slot(3, 0, AT, SIZE, host));
	OK(slot2(3, DIRTY, AT, SIZE, host));
	OK(slot2(3, 0, AT, 0, host));
	REFUSED(slot(3, 0, AT, 0, host), EINVAL);
}

/* The size of a VM's addresses is that of KVM_CREATE_VM, 0: 40 bits. */
static void address_sizes(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int max = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
	char name[32];

	NEED(kvm >= 0 && max >= 32);
	for (unsigned int bits = 0; bits < 257; bits++) {
		snprintf(name, sizeof(name), "%u bits", bits);
		ROW(ioctl(kvm, KVM_CREATE_VM, bits),
		    (bits ? bits >= 32 && bits <= (unsigned int)max : max >= 40)
			    ? 0
			    : EINVAL,
		    name);
	}
	REFUSED(ioctl(kvm, KVM_CREATE_VM, 0x128ul), EINVAL);
	REFUSED(ioctl(kvm, KVM_CREATE_VM, 1ul << 31), EINVAL);
	REFUSED(ioctl(kvm, KVM_CREATE_VM, 1ul << 32), EINVAL);
	REFUSED(ioctl(kvm, KVM_CREATE_VM, -1ul), EINVAL);
	open_vm();
	for (int bits = 32; bits <= max; bits += 4) {
		v.vm = ioctl(kvm, KVM_CREATE_VM, bits);
		NEED(v.vm >= 0);
		OK(slot(0, 0, (1ull << bits) - SIZE, SIZE, host));
		REFUSED(slot(1, 0, 1ull << bits, SIZE, host), EFAULT);
		/* The host's limit, not the VM's. */
		EQUAL(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE),
		      max);
	}
}

static void largest(struct abi_vm *vm)
{
	int bits = ioctl(vm->kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);

	close(vm->vm);
	vm->vm = ioctl(vm->kvm, KVM_CREATE_VM, bits);
	NEED(vm->vm >= 0);
	end = 1ull << bits;
}

/* The last addresses of the largest VM are the guest's for code and for data. */
static void last_addresses(void)
{
	static const uint32_t code[] = {
		ASM_MOVZ(1, 1000, 0),
		ASM_ADD_IMM(0, 0, 3), /* a loop of two blocks */
		ASM_B(2),
		ASM_B_SELF,
		ASM_SUB_IMM(1, 1, 1),
		ASM_CBNZ(1, -4),
		ASM_STR(0, 2),
		ASM_LDR(3, 2),
		ASM_MOVZ(9, 0x0900, 1),
		ASM_STR(3, 9),
		ASM_B_SELF,
	};
	uint64_t *data;
	char *mem;

	abi_vm_open_with(&v, ABI_NO_GIC, largest);
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(mem != MAP_FAILED);
	data = (uint64_t *)(mem + SIZE - 8);
	memcpy(mem, code, sizeof(code));
	__builtin___clear_cache(mem, mem + sizeof(code));
	OK(slot(3, 0, end - SIZE, SIZE, (uintptr_t)mem));
	reg_set(v.vcpu, REG_PC, end - SIZE);
	reg_set(v.vcpu, REG_X(0), 0);
	reg_set(v.vcpu, REG_X(2), end - 8);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.phys_addr, GUEST_MMIO);
	EQUAL(*data, 3000);
	EQUAL(memcmp(v.run->mmio.data, data, 8), 0);
	EQUAL(reg_get(v.vcpu, REG_PC), end - SIZE + 9 * 4);
}

/* ---- the dirty log ------------------------------------------------------- */

static int get_log(uint32_t id, void *bitmap)
{
	struct kvm_dirty_log log = {.slot = id, .dirty_bitmap = bitmap};

	return ioctl(v.vm, KVM_GET_DIRTY_LOG, &log);
}

static int clear_log(uint32_t id, uint64_t first, uint32_t pages, void *bitmap)
{
	struct kvm_clear_dirty_log log = {
		.slot = id,
		.first_page = first,
		.num_pages = pages,
		.dirty_bitmap = bitmap,
	};

	return ioctl(v.vm, KVM_CLEAR_DIRTY_LOG, &log);
}

static void log_errors(void)
{
	uint64_t bits[4] = {0};
	void *bad = abi_bad_pointer(0, 8), *half = abi_bad_pointer(4, 8);

	open_vm();
	/* Slot 1 has a log of 16 pages, slot 0 has none, slot 2 is none. */
	OK(slot(1, DIRTY, AT, SIZE, host));
	REFUSED(get_log(32767, bad), EINVAL);
	REFUSED(get_log(1 << 16 | 1, bad), EINVAL);
	REFUSED(get_log(0, bad), ENOENT);
	REFUSED(get_log(2, bad), ENOENT);
	REFUSED(get_log(1, bad), EFAULT);
	REFUSED(get_log(1, half), EFAULT);
	REFUSED(get_log(1, NULL), EFAULT);
	OK(get_log(1, bits));

	REFUSED(clear_log(32767, 0, 16, bits), EINVAL);
	REFUSED(clear_log(1 << 16 | 1, 0, 16, bits), EINVAL);
	REFUSED(clear_log(2, 1, 16, bad), EINVAL);
	REFUSED(clear_log(2, 0, 16, bad), ENOENT);
	REFUSED(clear_log(0, 0, 16, bad), ENOENT);
	REFUSED(clear_log(1, 64, 16, bad), EINVAL);
	REFUSED(clear_log(1, 64, 0, bad), EINVAL);
	REFUSED(clear_log(1, 0, 17, bad), EINVAL);
	REFUSED(clear_log(1, 0, 15, bad), EINVAL);
	REFUSED(clear_log(1, ~63ull, 64, bad), EINVAL);
	REFUSED(clear_log(1, 0, 16, bad), EFAULT);
	OK(clear_log(1, 0, 16, bits));
	OK(clear_log(1, 0, 0, bits));
	/* Multiples of 64 may end anywhere, others only with the slot. */
	OK(slot(3, DIRTY, AT + 0x100000, 0x50000, 1 << 20));
	OK(clear_log(3, 0, 64, bits));
	OK(clear_log(3, 64, 16, bits));
	OK(clear_log(3, 0, 80, bits));
	REFUSED(clear_log(3, 0, 79, bits), EINVAL);
	REFUSED(clear_log(3, 64, 64, bits), EINVAL);
}

/* The guest stores to @off of its memory. */
static void dirty(uint64_t off)
{
	GUEST(&v, 0, ASM_STR(1, 2), ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1),
	      ASM_B_SELF);
	reg_set(v.vcpu, REG_X(2), GUEST_BASE + off);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	abi_run_nothing(&v);
}

static uint64_t log_word(void)
{
	uint64_t bits[GUEST_SIZE / 4096 / 64];

	memset(bits, 0xff, sizeof(bits));
	OK(get_log(0, bits));
	return bits[0];
}

static void log_bits(void)
{
	uint64_t bits[4] = {1 << 3};

	open_vm();
	OK(slot(0, DIRTY, GUEST_BASE, GUEST_SIZE, (uintptr_t)v.ram));
	EQUAL(log_word(), 0);
	dirty(0x3000);
	dirty(0x5000);
	EQUAL(log_word(), 1 << 3 | 1 << 5);
	EQUAL(log_word(), 0);
	/* What could not be told is gone. */
	dirty(0x3000);
	REFUSED(get_log(0, abi_bad_pointer(0, 8)), EFAULT);
	EQUAL(log_word(), 0);
	/* Clearing works without the capability, too. */
	dirty(0x3000);
	dirty(0x5000);
	OK(clear_log(0, 0, 64, bits));
	EQUAL(log_word(), 1 << 5);
	OK(abi_enable(v.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 1));
	dirty(0x3000);
	EQUAL(log_word(), 1 << 3);
	EQUAL(log_word(), 1 << 3);
	OK(clear_log(0, 0, 64, bits));
	EQUAL(log_word(), 0);
	dirty(0x3000);
	EQUAL(log_word(), 1 << 3);
	/* All set at first, if that is asked for. */
	OK(abi_enable(v.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 3));
	OK(slot(0, 0, GUEST_BASE, GUEST_SIZE, (uintptr_t)v.ram));
	OK(slot(0, DIRTY, GUEST_BASE, GUEST_SIZE, (uintptr_t)v.ram));
	EQUAL(log_word(), ~0ull);
}

const struct abi_case cases_slot[] = {
	{"slot/errors", errors},
	{"slot/changes", changes},
	{"slot/address-sizes", address_sizes},
	{"slot/last-addresses", last_addresses},
	{"slot/log-errors", log_errors},
	{"slot/log-bits", log_bits},
	{NULL},
};
