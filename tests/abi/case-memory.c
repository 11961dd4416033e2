/* SPDX-License-Identifier: MIT */
/*
 * Memory slots: many of them, random changes, and what the statistics say of
 * it.
 */
#include "abi.h"

#define PAGE      0x1000ull
#define MANY_BASE 0x100000000ull
#define MAX_SLOTS 32767 /* KVM_CAP_NR_MEMSLOTS */
/* A change takes the real kernel more than a millisecond: of all slots only
 * tests/kernel/test-kvm-memory.c makes use. */
#define MANY_SLOTS 1501

static int slot_set(int vm, uint32_t id, uint32_t flags, uint64_t gpa,
		    uint64_t size, const void *host)
{
	struct kvm_userspace_memory_region r = {id, flags, gpa, size,
						(uintptr_t)host};

	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &r);
}

static uint8_t *pages(unsigned int n)
{
	void *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(p != MAP_FAILED);
	return p;
}

/* What the guest finds at @gpa. */
static uint32_t guest_reads(struct abi_vm *v, uint64_t gpa)
{
	uint32_t data;

	GUEST(v, 0, ASM_LDR_W(1, 0), ASM_STR_W(1, 2));
	reg_set(v->vcpu, REG_X(0), gpa);
	reg_set(v->vcpu, REG_X(2), GUEST_MMIO);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	CHECK(v->run->mmio.is_write);
	memcpy(&data, v->run->mmio.data, sizeof(data));
	abi_run_nothing(v);
	return data;
}

/* ---- many ---------------------------------------------------------------- */

#define HOST_PAGES 256

/* Every second page; slot 0 is the VM's own memory. */
static uint64_t many_gpa(unsigned int id)
{
	return MANY_BASE + id * 2 * PAGE;
}

static unsigned int many_create(struct abi_vm *v, const uint8_t *host)
{
	unsigned int bad = 0;

	/* From both ends to the middle. */
	for (unsigned int i = 1; i < MANY_SLOTS; i++) {
		unsigned int id = i & 1 ? i : MANY_SLOTS + 1 - i;

		bad += slot_set(v->vm, id, 0, many_gpa(id), PAGE,
				host + id % HOST_PAGES * PAGE) != 0;
	}
	return bad;
}

/* The odd ones, each by a page, to where there was none. */
static unsigned int many_move(struct abi_vm *v, const uint8_t *host)
{
	unsigned int bad = 0;

	for (unsigned int id = 1; id < MANY_SLOTS; id += 2)
		bad += slot_set(v->vm, id, 0, many_gpa(id) + PAGE, PAGE,
				host + id % HOST_PAGES * PAGE) != 0;
	return bad;
}

static unsigned int many_delete(struct abi_vm *v, const uint8_t *host)
{
	unsigned int bad = 0;

	for (unsigned int id = 1; id < MANY_SLOTS; id++)
		bad += slot_set(v->vm, id, 0, 0, 0, host) != 0;
	return bad;
}

static void slots_many(void)
{
	uint8_t *host = pages(HOST_PAGES);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (uint32_t i = 0; i < HOST_PAGES; i++)
		memcpy(host + i * PAGE, &i, sizeof(i));
	EQUAL(ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS),
	      MAX_SLOTS);
	EQUAL(many_create(&v, host), 0);
	REFUSED(slot_set(v.vm, MAX_SLOTS, 0, 0, PAGE, host), EINVAL);
	REFUSED(slot_set(v.vm, 1, 0, many_gpa(2), PAGE, host + PAGE), EEXIST);
	for (unsigned int id = 1; id < MANY_SLOTS; id += 97)
		EQUAL(guest_reads(&v, many_gpa(id)), id % HOST_PAGES);
	EQUAL(many_move(&v, host), 0);
	for (unsigned int id = 1; id < MANY_SLOTS; id += 97)
		EQUAL(guest_reads(&v, many_gpa(id) + (id & 1 ? PAGE : 0)),
		      id % HOST_PAGES);
	EQUAL(many_delete(&v, host), 0);
}

/* ---- random changes ------------------------------------------------------ */

#define FEW_SLOTS 48
#define FEW_PAGES 128

/* What there should be; slot 0 is the VM's own. */
static struct few {
	unsigned int at, size; /* pages; size 0: no such slot */
	uint32_t flags;
} few[FEW_SLOTS];

static bool few_collides(unsigned int id, unsigned int at, unsigned int size)
{
	for (unsigned int i = 1; i < FEW_SLOTS; i++)
		if (i != id && few[i].size && at < few[i].at + few[i].size &&
		    few[i].at < at + size)
			return true;
	return false;
}

static int few_expect(unsigned int id, const struct few *f)
{
	const struct few *old = &few[id];

	if (!f->size)
		return old->size ? 0 : EINVAL;
	if (old->size && (old->size != f->size ||
			  (old->flags ^ f->flags) & KVM_MEM_READONLY))
		return EINVAL;
	return few_collides(id, f->at, f->size) ? EEXIST : 0;
}

/* The host memory of a slot: its own, each page with its number. */
static uint8_t *few_host(uint8_t *host, unsigned int id)
{
	return host + id * FEW_PAGES * PAGE;
}

static void few_change(struct abi_vm *v, uint8_t *host)
{
	unsigned int id = 1 + rand() % (FEW_SLOTS - 1);
	struct few f = {.at = rand() % FEW_PAGES, .size = rand() % 6};
	bool again = few[id].size && rand() % 4;
	int want;

	f.flags = rand() % 3; /* none, LOG_DIRTY_PAGES, READONLY */
	if (again && f.size) {
		f.size = few[id].size;
		f.flags = (f.flags & KVM_MEM_LOG_DIRTY_PAGES) |
			  (few[id].flags & KVM_MEM_READONLY);
	}
	want = few_expect(id, &f);
	errno = 0;
	slot_set(v->vm, id, f.flags, MANY_BASE + f.at * PAGE, f.size * PAGE,
		 few_host(host, id));
	EQUAL(errno, want);
	if (!want)
		few[id] = f;
}

/* The guest reads a page, and finds the right slot's or none. */
static void few_look(struct abi_vm *v)
{
	unsigned int page = rand() % FEW_PAGES;
	uint64_t gpa = MANY_BASE + page * PAGE;

	for (unsigned int id = 1; id < FEW_SLOTS; id++) {
		if (page - few[id].at >= few[id].size)
			continue;
		EQUAL(guest_reads(v, gpa), id << 16 | (page - few[id].at));
		return;
	}
	GUEST(v, 0, ASM_LDR_W(1, 0), ASM_STR_W(1, 2));
	reg_set(v->vcpu, REG_X(0), gpa);
	reg_set(v->vcpu, REG_X(2), GUEST_MMIO);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	EQUAL(v->run->mmio.phys_addr, gpa);
	CHECK(!v->run->mmio.is_write);
	abi_run_nothing(v);
}

static void slots_random(void)
{
	uint8_t *host = pages(FEW_SLOTS * FEW_PAGES);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (unsigned int id = 0; id < FEW_SLOTS; id++) {
		for (unsigned int i = 0; i < 6; i++) {
			uint32_t word = id << 16 | i;

			memcpy(few_host(host, id) + i * PAGE, &word,
			       sizeof(word));
		}
	}
	srand(6);
	for (unsigned int n = 0; n < 4000; n++) {
		few_change(&v, host);
		if (n % 8 == 0)
			few_look(&v);
	}
}

/* ---- memory that is not there -------------------------------------------- */

/* The guest's access to @gpa gives EFAULT, and struct kvm_run says nothing. */
static void faults(struct abi_vm *v, uint64_t gpa, bool write)
{
	GUEST(v, 0, ASM_STR(0, 1), ASM_B_SELF);
	if (!write)
		GUEST(v, 0, ASM_LDR(0, 1), ASM_B_SELF);
	reg_set(v->vcpu, REG_X(1), gpa);
	memset(&v->run->memory_fault, 0x5a, sizeof(v->run->memory_fault));
	v->run->exit_reason = KVM_EXIT_MEMORY_FAULT;
	REFUSED(ioctl(v->vcpu, KVM_RUN, 0), EFAULT);
	EQUAL(v->run->exit_reason, KVM_EXIT_UNKNOWN);
	EQUAL(v->run->memory_fault.flags, 0x5a5a5a5a5a5a5a5a);
	EQUAL(v->run->memory_fault.gpa, 0x5a5a5a5a5a5a5a5a);
	EQUAL(v->run->memory_fault.size, 0x5a5a5a5a5a5a5a5a);
	EQUAL(reg_get(v->vcpu, REG_PC), GUEST_BASE);
}

static void memory_faults(void)
{
	uint64_t gpa = MANY_BASE;
	uint8_t *host = pages(4);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	EQUAL(ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_FAULT_INFO), 0);
	EQUAL(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_FAULT_INFO), 0);
	OK(slot_set(v.vm, 1, 0, gpa, 4 * PAGE, host));
	OK(munmap(host, PAGE));
	OK(mprotect(host + PAGE, PAGE, PROT_NONE));
	OK(mprotect(host + 2 * PAGE, PAGE, PROT_READ));
	faults(&v, gpa, false);
	faults(&v, gpa, true);
	faults(&v, gpa + PAGE, false);
	faults(&v, gpa + PAGE, true);
	faults(&v, gpa + 2 * PAGE, true);
	/* An instruction that is not there. */
	reg_set(v.vcpu, REG_PC, gpa);
	v.run->exit_reason = KVM_EXIT_MEMORY_FAULT;
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EFAULT);
	EQUAL(v.run->exit_reason, KVM_EXIT_UNKNOWN);
	EQUAL(reg_get(v.vcpu, REG_PC), gpa);
	/* What can be read is read. */
	guest_reads(&v, gpa + 2 * PAGE);
}

/* ---- statistics ---------------------------------------------------------- */

static uint64_t stat_of(int owner, const char *name)
{
	struct kvm_stats_header h;
	struct kvm_stats_desc d;
	char is[64] = "";
	uint64_t val = UINT64_MAX;
	int fd = ioctl(owner, KVM_GET_STATS_FD, 0);

	NEED(fd >= 0);
	EQUAL(pread(fd, &h, sizeof(h), 0), sizeof(h));
	NEED(h.name_size < sizeof(is));
	for (unsigned int i = 0; i < h.num_desc; i++) {
		off_t at = h.desc_offset + i * (sizeof(d) + h.name_size);

		pread(fd, &d, sizeof(d), at);
		pread(fd, is, h.name_size, at + sizeof(d));
		if (!strcmp(is, name))
			pread(fd, &val, sizeof(val), h.data_offset + d.offset);
	}
	close(fd);
	return val;
}

/* arm64 has ways of its own to make vCPUs forget: these two count others. */
static void no_remote_flush(struct abi_vm *v)
{
	EQUAL(stat_of(v->vm, "remote_tlb_flush"), 0);
	EQUAL(stat_of(v->vm, "remote_tlb_flush_requests"), 0);
}

static void remote_flush(void)
{
	uint64_t bits[1], gpa = MANY_BASE;
	struct kvm_dirty_log log = {.slot = 1, .dirty_bitmap = bits};
	uint8_t *host = pages(8);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	no_remote_flush(&v);
	OK(slot_set(v.vm, 1, 0, gpa, 8 * PAGE, host));
	guest_reads(&v, gpa);
	OK(slot_set(v.vm, 1, 0, gpa + 8 * PAGE, 8 * PAGE, host));
	OK(slot_set(v.vm, 1, 0, gpa, 8 * PAGE, host));
	no_remote_flush(&v);
	guest_reads(&v, gpa);
	OK(madvise(host, PAGE, MADV_DONTNEED));
	guest_reads(&v, gpa);
	OK(mprotect(host, PAGE, PROT_READ));
	OK(mprotect(host, PAGE, PROT_READ | PROT_WRITE));
	no_remote_flush(&v);
	guest_reads(&v, gpa);
	OK(slot_set(v.vm, 1, KVM_MEM_LOG_DIRTY_PAGES, gpa, 8 * PAGE, host));
	OK(ioctl(v.vm, KVM_GET_DIRTY_LOG, &log));
	OK(munmap(host, 8 * PAGE));
	OK(slot_set(v.vm, 1, 0, 0, 0, host));
	no_remote_flush(&v);
}

/* ---- host addresses ------------------------------------------------------ */

/* What the kernel was built for counts, not what the process can map. */
static void host_limit(void)
{
	uint64_t limit = 1ull << 52, gpa = MANY_BASE;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	REFUSED(slot_set(v.vm, 1, 0, gpa, 2 * PAGE, (void *)(limit - PAGE)),
		EINVAL);
	REFUSED(slot_set(v.vm, 1, 0, gpa, PAGE, (void *)limit), EINVAL);
	for (uint64_t host = 1ull << 47; host < limit; host <<= 1) {
		OK(slot_set(v.vm, 1, 0, gpa, PAGE, (void *)host));
		reg_set(v.vcpu, REG_PC, gpa);
		REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EFAULT);
		OK(slot_set(v.vm, 1, 0, 0, 0, NULL));
	}
	OK(slot_set(v.vm, 1, 0, gpa, PAGE, (void *)(limit - PAGE)));
}

/* ---- dirty log ----------------------------------------------------------- */

static uint64_t slot_log(int vm)
{
	uint64_t bits = UINT64_MAX;
	struct kvm_dirty_log log = {.slot = 1, .dirty_bitmap = &bits};

	OK(ioctl(vm, KVM_GET_DIRTY_LOG, &log));
	return bits;
}

static void guest_writes(struct abi_vm *v, uint64_t gpa)
{
	GUEST(v, 0, ASM_STR_W(1, 0), ASM_STR_W(1, 2));
	reg_set(v->vcpu, REG_X(0), gpa);
	reg_set(v->vcpu, REG_X(2), GUEST_MMIO);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	EQUAL(v->run->mmio.phys_addr, GUEST_MMIO);
	abi_run_nothing(v);
}

/* A slot that moves takes with it what was written to its memory. */
static void move_logged(void)
{
	uint64_t gpa = MANY_BASE, to = gpa + 16 * PAGE;
	uint8_t *host = pages(8);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(slot_set(v.vm, 1, KVM_MEM_LOG_DIRTY_PAGES, gpa, 8 * PAGE, host));
	guest_writes(&v, gpa + PAGE);
	OK(slot_set(v.vm, 1, KVM_MEM_LOG_DIRTY_PAGES, to, 8 * PAGE, host));
	guest_writes(&v, to + 3 * PAGE);
	EQUAL(slot_log(v.vm), 1 << 1 | 1 << 3);
	EQUAL(slot_log(v.vm), 0);
	guest_writes(&v, to + 2 * PAGE);
	/* With another flag it moves without, and starts again. */
	OK(slot_set(v.vm, 1, 0, gpa, 8 * PAGE, host));
	OK(slot_set(v.vm, 1, KVM_MEM_LOG_DIRTY_PAGES, to, 8 * PAGE, host));
	EQUAL(slot_log(v.vm), 0);
}

/* Memory that begins at address 0, where nothing is mapped, is no MMIO. */
static void slot_at_null(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(slot_set(v.vm, 1, 0, MANY_BASE, PAGE, NULL));
	GUEST(&v, 0, ASM_STR(1, 2), ASM_B_SELF);
	reg_set(v.vcpu, REG_X(2), MANY_BASE);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EFAULT);
}

const struct abi_case cases_memory[] = {
	{"memory/faults-say-nothing", memory_faults},
	{"memory/slots-many", slots_many},
	{"memory/slots-random", slots_random},
	{"memory/no-remote-flush", remote_flush},
	{"memory/host-limit", host_limit},
	{"memory/move-keeps-log", move_logged},
	{"memory/slot-at-null", slot_at_null},
	{NULL},
};
