/* SPDX-License-Identifier: MIT */
/*
 * Memory slots whose host memory is not there in part, as a VMM leaves them that
 * balloons, unplugs or maps lazily: what KVM_RUN answers, in whatever way the hole
 * came about, also while the guest runs in it; and pages that were given back and
 * come again as what is behind them.
 */
#include "abi.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/shm.h>

#define PAGE  0x1000ull
#define GPA   0x100000000ull /* of the slot that gets the holes */
#define PAGES 16
#define AT    (5 * PAGE) /* the page in it that goes */
#define CODE  0x1000     /* in the VM's own memory, as are */
#define TABLE 0x2000

static struct abi_vm v;
static uint8_t *host; /* of the slot */
static int file;

/* ---- ways to make a hole, and to fill it ----------------------------------- */

static void anonymous(void)
{
	host = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(host != MAP_FAILED);
}

static void file_mapped(int flags)
{
	file = memfd_create("slot", 0);
	NEED(file >= 0 && ftruncate(file, PAGES * PAGE) == 0);
	host = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, flags, file, 0);
	NEED(host != MAP_FAILED);
}

static void file_shared(void)
{
	file_mapped(MAP_SHARED);
}

static void file_private(void)
{
	file_mapped(MAP_PRIVATE);
}

static void fill_segment(void)
{
	int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);

	NEED(id >= 0 && shmat(id, host + AT, SHM_REMAP) == host + AT);
	NEED(shmctl(id, IPC_RMID, NULL) == 0);
}

static void segment(void)
{
	anonymous();
	fill_segment();
}

static void unmap(void)
{
	OK(munmap(host + AT, PAGE));
}

static void unmap_all(void)
{
	OK(munmap(host, PAGES * PAGE));
}

static void fill_anonymous(void)
{
	NEED(mmap(host + AT, PAGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == host + AT);
}

static void protect(void)
{
	OK(mprotect(host + AT, PAGE, PROT_NONE));
}

static void unprotect(void)
{
	OK(mprotect(host + AT, PAGE, PROT_READ | PROT_WRITE));
}

static void reserve(void)
{
	NEED(mmap(host + AT, PAGE, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == host + AT);
}

static void *away;

static void move_away(void)
{
	away = mremap(host + AT, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		      mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0));
	NEED(away != MAP_FAILED);
}

static void move_back(void)
{
	NEED(mremap(away, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    host + AT) == host + AT);
}

static void detach(void)
{
	OK(shmdt(host + AT));
}

/* The mapping is whole, but there is no file behind its end. */
static void truncate_file(void)
{
	OK(ftruncate(file, AT));
}

static void extend_file(void)
{
	OK(ftruncate(file, PAGES * PAGE));
}

static const struct way {
	const char *name;
	void (*map)(void), (*punch)(void), (*fill)(void);
	bool keeps; /* what was in the page is there again */
} ways[] = {
	{"munmap", anonymous, unmap, fill_anonymous},
	{"munmap of all", anonymous, unmap_all, fill_anonymous},
	{"PROT_NONE", anonymous, protect, unprotect, true},
	{"MAP_FIXED", anonymous, reserve, fill_anonymous},
	{"mremap", anonymous, move_away, move_back, true},
	{"shmdt", segment, detach, fill_segment},
	{"munmap, shared", file_shared, unmap, fill_anonymous},
	{"PROT_NONE, shared", file_shared, protect, unprotect, true},
	{"ftruncate, shared", file_shared, truncate_file, extend_file},
	{"ftruncate, private", file_private, truncate_file, extend_file},
};

/* ---- the guest ----------------------------------------------------------- */

static void slot_open(uint32_t flags)
{
	struct kvm_userspace_memory_region r = {1, flags, GPA, PAGES * PAGE,
						(uintptr_t)host};

	OK(ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &r));
}

static void slot_close(void)
{
	struct kvm_userspace_memory_region r = {.slot = 1};

	OK(ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &r));
}

static uint64_t *word(uint64_t off)
{
	return (uint64_t *)(host + off);
}

/* What the guest does with x1 at @gpa, and then leaves by MMIO. */
static void guest_at(uint64_t gpa, uint32_t insn)
{
	const uint32_t code[] = {insn, ASM_STR(0, 9), ASM_B_SELF};

	abi_guest_load(&v, CODE, code, ROWS(code));
	reg_set(v.vcpu, REG_X(0), 0x77);
	reg_set(v.vcpu, REG_X(1), gpa);
	reg_set(v.vcpu, REG_X(2), 0x22);
	reg_set(v.vcpu, REG_X(9), GUEST_MMIO);
}

static void faults_here(const char *name)
{
	uint64_t pc = reg_get(v.vcpu, REG_PC);

	/* And again: nothing has changed. */
	for (int n = 0; n < 2; n++) {
		v.run->exit_reason = 99;
		ROW(ioctl(v.vcpu, KVM_RUN, 0), EFAULT, name);
		EQUAL(v.run->exit_reason, KVM_EXIT_UNKNOWN);
		EQUAL(reg_get(v.vcpu, REG_PC), pc);
	}
}

static void goes_on(void)
{
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.phys_addr, GUEST_MMIO);
	abi_run_nothing(&v);
}

/* Read and written before, so that the vCPU knows the page. */
static void hole_by_each_way(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(ways); i++) {
		ways[i].map();
		slot_open(0);
		guest_at(GPA + AT, ASM_STR(0, 1));
		goes_on();
		EQUAL(*word(AT), 0x77);
		guest_at(GPA + AT, ASM_LDR(0, 1));
		goes_on();
		EQUAL(reg_get(v.vcpu, REG_X(0)), 0x77);
		ways[i].punch();
		guest_at(GPA + AT, ASM_LDR(0, 1));
		faults_here(ways[i].name);
		EQUAL(reg_get(v.vcpu, REG_X(0)), 0x77);
		guest_at(GPA + AT, ASM_STR(0, 1));
		faults_here(ways[i].name);
		ways[i].fill();
		EQUAL(*word(AT), ways[i].keeps ? 0x77 : 0);
		reg_set(v.vcpu, REG_X(0), 0x78);
		goes_on();
		EQUAL(*word(AT), 0x78);
		slot_close();
	}
}

/* ---- while the guest runs --------------------------------------------------- */

static atomic_long answer;

static void *runner(void *arg)
{
	long ret;

	do
		ret = ioctl(v.vcpu, KVM_RUN, 0);
	while (ret && errno == EINTR);
	atomic_store(&answer, ret ? errno : -1);
	return NULL;
}

static void run_begin(pthread_t *thread)
{
	atomic_store(&answer, 0);
	NEED(!pthread_create(thread, NULL, runner, NULL));
}

/* The count at the beginning of the VM's memory goes on. */
static void counts(void)
{
	volatile uint64_t *count = (void *)v.ram;
	uint64_t from = *count;

	while (*count - from < 100 && !atomic_load(&answer))
		usleep(100);
	EQUAL(atomic_load(&answer), 0);
}

/* Loops over a page until there is none, by loads and by stores. */
static void hole_while_running(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < 2 * ROWS(ways); i++) {
		const struct way *way = &ways[i / 2];
		const uint32_t code[] = {i % 2 ? ASM_STR(0, 1) : ASM_LDR(0, 1),
					 ASM_ADD_IMM(3, 3, 1), ASM_STR(3, 4),
					 ASM_B(-3)};
		pthread_t thread;

		way->map();
		slot_open(0);
		abi_guest_load(&v, CODE, code, ROWS(code));
		reg_set(v.vcpu, REG_X(1), GPA + AT);
		reg_set(v.vcpu, REG_X(4), GUEST_BASE);
		run_begin(&thread);
		counts();
		way->punch();
		NEED(!pthread_join(thread, NULL));
		EQUAL(atomic_load(&answer), EFAULT);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + CODE);
		way->fill();
		run_begin(&thread);
		counts();
		way->punch();
		NEED(!pthread_join(thread, NULL));
		EQUAL(atomic_load(&answer), EFAULT);
		slot_close();
	}
}

/* The code itself goes. */
static void hole_under_code(void)
{
	static const uint32_t code[] = {ASM_ADD_IMM(3, 3, 1), ASM_STR(3, 4),
					ASM_B(-2)};
	pthread_t thread;
	uint64_t pc;

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(ways); i++) {
		ways[i].map();
		memcpy(host + AT, code, sizeof(code));
		__builtin___clear_cache((char *)host + AT,
					(char *)host + AT + sizeof(code));
		slot_open(0);
		reg_set(v.vcpu, REG_PC, GPA + AT);
		reg_set(v.vcpu, REG_X(4), GUEST_BASE);
		run_begin(&thread);
		counts();
		ways[i].punch();
		NEED(!pthread_join(thread, NULL));
		EQUAL(atomic_load(&answer), EFAULT);
		pc = reg_get(v.vcpu, REG_PC);
		CHECK(pc >= GPA + AT && pc < GPA + AT + sizeof(code));
		faults_here(ways[i].name);
		slot_close();
	}
}

static void punch(off_t at)
{
	OK(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
		     PAGE));
}

/* Code at @gpa, which is page AT of the memory and at @at in the file; of pages beside
 * it nothing is known. What comes in its place is zero, which is UNDEFINED. */
static void punched_under_code(uint64_t gpa, off_t at, void (*take)(off_t at))
{
	static const uint32_t code[] = {ASM_ADD_IMM(3, 3, 1), ASM_STR(3, 4),
					ASM_B(-2)};
	pthread_t thread;
	uint64_t pc;

	memcpy(host + AT, code, sizeof(code));
	__builtin___clear_cache((char *)host + AT,
				(char *)host + AT + sizeof(code));
	/* Synchronous, from the current EL with its own SP. */
	GUEST(&v, 0x200, ASM_STR(3, 9), ASM_B_SELF);
	reg_set(v.vcpu, REG_VBAR, GUEST_BASE);
	reg_set(v.vcpu, REG_X(9), GUEST_MMIO);
	reg_set(v.vcpu, REG_X(4), GUEST_BASE);
	reg_set(v.vcpu, REG_PC, gpa);
	run_begin(&thread);
	counts();
	take(at - (off_t)PAGE);
	take(at + (off_t)PAGE);
	counts();
	take(at);
	NEED(!pthread_join(thread, NULL));
	EQUAL(atomic_load(&answer), (uint64_t)-1); /* KVM_RUN gave 0 */
	EQUAL(v.run->exit_reason, KVM_EXIT_MMIO);
	pc = reg_get(v.vcpu, REG_ELR);
	CHECK(pc >= gpa && pc < gpa + sizeof(code));
	EQUAL(reg_get(v.vcpu, REG_ESR) >> 26, 0);
}

static void hole_punched_under_code(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	file_shared();
	slot_open(0);
	punched_under_code(GPA + AT, AT, punch);
}

static uint8_t *view; /* all of the file, elsewhere */

/* The memory begins in the middle of the file, and is in two slots; or there is another
 * mapping of it, that is in none. */
static uint64_t alias_open(bool slot)
{
	struct kvm_userspace_memory_region r = {2, 0, GPA + 2 * PAGES * PAGE,
						PAGES * PAGE, 0};
	const off_t from = 3 * PAGE;

	abi_vm_open(&v, ABI_NO_GIC);
	file = memfd_create("slot", 0);
	NEED(file >= 0 && ftruncate(file, from + PAGES * PAGE) == 0);
	host = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		    file, from);
	view = mmap(NULL, from + PAGES * PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED, file, 0);
	NEED(host != MAP_FAILED && view != MAP_FAILED);
	slot_open(0);
	if (!slot)
		return GPA + AT;
	r.userspace_addr = (uintptr_t)view + from;
	OK(ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &r));
	return r.guest_phys_addr + AT;
}

static void hole_punched_under_alias(void)
{
	punched_under_code(alias_open(true), 3 * PAGE + AT, punch);
}

static void remove_in_view(off_t at)
{
	OK(madvise(view + at, PAGE, MADV_REMOVE));
}

static void remove_in_slot(off_t at)
{
	OK(madvise(host + at - 3 * PAGE, PAGE, MADV_REMOVE));
}

/* By another mapping than the one that the code is in. */
static void hole_removed_under_alias(void)
{
	punched_under_code(alias_open(false), 3 * PAGE + AT, remove_in_view);
}

static void hole_removed_in_another_slot(void)
{
	punched_under_code(alias_open(true), 3 * PAGE + AT, remove_in_slot);
}

/* The page before is whole: the guest gets as far as the last instruction in it, by
 * itself, by a branch and, what it has done once, again. */
static void hole_behind_code(void)
{
	static const uint32_t code[] = {ASM_ADD_IMM(3, 3, 1),
					ASM_ADD_IMM(3, 3, 1)};

	abi_vm_open(&v, ABI_NO_GIC);
	anonymous();
	memcpy(host + AT - sizeof(code), code, sizeof(code));
	*(uint32_t *)word(AT) = ASM_BR(1);
	slot_open(0);
	reg_set(v.vcpu, REG_X(9), GUEST_MMIO);
	GUEST(&v, CODE, ASM_STR(3, 9), ASM_BR(5));
	for (int n = 0; n < 3; n++) {
		reg_set(v.vcpu, REG_X(1), GUEST_BASE + CODE);
		reg_set(v.vcpu, REG_X(3), 0);
		reg_set(v.vcpu, REG_X(5), GPA + AT - sizeof(code));
		reg_set(v.vcpu, REG_PC, GPA + AT - sizeof(code));
		goes_on();
		protect();
		REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EFAULT);
		EQUAL(reg_get(v.vcpu, REG_X(3)), 4);
		EQUAL(reg_get(v.vcpu, REG_PC), GPA + AT);
		faults_here("code behind");
		unprotect();
		goes_on();
	}
}

/* An instruction of T32 of which the second half is not there. */
static void hole_in_instruction(void)
{
	static const uint16_t code[] = {0x3001 /* adds r0, #1 */,
					0xf8c1 /* str.w r0, [r1] */, 0x0000};
	uint64_t gpa = 0x50000000;
	struct kvm_userspace_memory_region r = {1, 0, gpa, PAGES * PAGE};

	abi_vm_open_features(&v, ABI_NO_GIC, 1u << KVM_ARM_VCPU_EL1_32BIT);
	anonymous();
	memcpy(host + AT - 4, code, sizeof(code));
	r.userspace_addr = (uintptr_t)host;
	OK(ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &r));
	for (int n = 0; n < 2; n++) {
		protect();
		reg_set(v.vcpu, REG_PSTATE, 0x1f3); /* Supervisor, T */
		reg_set(v.vcpu, REG_PC, gpa + AT - 4);
		reg_set(v.vcpu, REG_X(0), 7);
		reg_set(v.vcpu, REG_X(1), GUEST_MMIO);
		v.run->exit_reason = 99;
		REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EFAULT);
		EQUAL(reg_get(v.vcpu, REG_PC), gpa + AT - 2);
		EQUAL(reg_get(v.vcpu, REG_X(0)), 8);
		unprotect();
		goes_on();
		EQUAL(reg_get(v.vcpu, REG_PC), gpa + AT + 2);
	}
}

/* ---- which accesses -------------------------------------------------------- */

#define ASM_PRFM(rn)           (0xf9800000u | (rn) << 5)
#define ASM_DC_ZVA(rt)         ASM_SYS(3, 7, 4, 1, rt)
#define ASM_LDXR(rt, rn)       (0xc85f7c00u | (rn) << 5 | (rt))
#define ASM_LDR_Q(rt, rn)      (0x3dc00000u | (rn) << 5 | (rt))
#define ASM_STR_Q(rt, rn)      (0x3d800000u | (rn) << 5 | (rt))
#define ASM_LDXRB(rt, rn)      (0x085f7c00u | (rn) << 5 | (rt))
#define ASM_STP_POST(a, b, rn) (0xa8810000u | (b) << 10 | (rn) << 5 | (a))

#define DESC_BLOCK (1ull | 1ull << 10 | 3ull << 8) /* AF, inner shareable */
#define TCR        (25 | 1ull << 23 | 5ull << 32)  /* 39 bits, TTBR0 only */

/* One to one, Normal memory; five entries of 1 GiB are at @table, which is at @gpa. */
static void mmu_on(uint64_t *table, uint64_t gpa)
{
	uint64_t sctlr = REG_SYS(3, 0, 1, 0, 0);

	for (uint64_t gib = 0; gib < 5; gib++)
		table[gib] = gib << 30 | DESC_BLOCK;
	reg_set(v.vcpu, REG_SYS(3, 0, 10, 2, 0), 0xff); /* MAIR */
	reg_set(v.vcpu, REG_SYS(3, 0, 2, 0, 2), TCR);
	reg_set(v.vcpu, REG_SYS(3, 0, 2, 0, 0), gpa); /* TTBR0 */
	reg_set(v.vcpu, sctlr, reg_get(v.vcpu, sctlr) | 1);
}

static void hole_by_access(void)
{
	static const struct {
		const char *name;
		uint32_t insn;
		uint64_t before; /* the hole's begin */
	} rows[] = {
		{"LDRB", ASM_LDRB(0, 1), 0},
		{"STRB", ASM_STRB(0, 1), 0},
		{"LDP", ASM_LDP(0, 2, 1), 0},
		{"STP", ASM_STP(0, 2, 1), 0},
		{"STP, written back", ASM_STP_POST(0, 2, 1), 0},
		{"LDP across", ASM_LDP(0, 2, 1), 8},
		{"STP across", ASM_STP(0, 2, 1), 8},
		{"STP across, written back", ASM_STP_POST(0, 2, 1), 8},
		{"LDR of a vector", ASM_LDR_Q(0, 1), 0},
		{"STR of a vector", ASM_STR_Q(0, 1), 0},
		{"LDXR", ASM_LDXR(0, 1), 0},
		{"LDXRB", ASM_LDXRB(0, 1), 0},
		{"DC ZVA", ASM_DC_ZVA(1), 0},
	};

	abi_vm_open(&v, ABI_NO_GIC);
	anonymous();
	slot_open(0);
	for (uint64_t off = 0; off < PAGES * PAGE; off += PAGE)
		*word(off) = off;
	mmu_on((uint64_t *)(v.ram + TABLE), GUEST_BASE + TABLE);
	reg_set(v.vcpu, REG_SYS(3, 0, 1, 0, 2), 3 << 20); /* CPACR */
	protect();
	for (size_t i = 0; i < ROWS(rows); i++) {
		guest_at(GPA + AT - rows[i].before, rows[i].insn);
		faults_here(rows[i].name);
		EQUAL(reg_get(v.vcpu, REG_X(0)), 0x77);
		EQUAL(reg_get(v.vcpu, REG_X(1)), GPA + AT - rows[i].before);
		EQUAL(reg_get(v.vcpu, REG_X(2)), 0x22);
	}
	guest_at(GPA + AT, ASM_PRFM(1));
	goes_on();
	unprotect();
	EQUAL(*word(AT), AT);
}

/* ---- translation tables ---------------------------------------------------- */

/* A walk of stage 1 that finds a hole is no abort of the guest's. */
static void hole_under_tables(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	anonymous();
	slot_open(0);
	mmu_on(word(AT), GPA + AT);
	guest_at(GPA, ASM_NOP);
	protect();
	faults_here("a walk for an instruction");
	unprotect();
	goes_on();
	/* The walk for the code is done, that for the data not yet. */
	GUEST(&v, CODE, ASM_TLBI_VMALLE1, ASM_DSB, ASM_ISB, ASM_STR(0, 9),
	      ASM_LDR(0, 1), ASM_STR(0, 9));
	reg_set(v.vcpu, REG_X(1), GPA);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	protect();
	abi_run_nothing(&v);
	faults_here("a walk for data");
	unprotect();
	goes_on();
}

/* ---- given back -------------------------------------------------------------- */

static void give_back(void)
{
	OK(madvise(host + AT, PAGE, MADV_DONTNEED));
}

static void remove_page(void)
{
	OK(madvise(host + AT, PAGE, MADV_REMOVE));
}

static void punch_file(void)
{
	punch(AT);
}

static void replace(void)
{
	fill_anonymous();
}

static const struct {
	const char *name;
	void (*map)(void), (*give)(void);
	uint64_t comes;
} given[] = {
	{"MADV_DONTNEED", anonymous, give_back, 0},
	{"MADV_DONTNEED, private", file_private, give_back, 0},
	{"MADV_DONTNEED, shared", file_shared, give_back, 0x77},
	{"MADV_REMOVE", file_shared, remove_page, 0},
	{"PUNCH_HOLE", file_shared, punch_file, 0},
	{"MAP_FIXED", anonymous, replace, 0},
};

static void page_given_back(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(given); i++) {
		given[i].map();
		slot_open(0);
		guest_at(GPA + AT, ASM_STR(0, 1));
		goes_on();
		given[i].give();
		guest_at(GPA + AT, ASM_LDR(0, 1));
		goes_on();
		EQUAL(reg_get(v.vcpu, REG_X(0)), given[i].comes);
		guest_at(GPA + AT, ASM_STR(0, 1));
		goes_on();
		EQUAL(*word(AT), 0x77);
		slot_close();
	}
}

/* The guest spins on a word until it is 0, with what it knows of the page. */
static void page_given_back_live(void)
{
	pthread_t thread;

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(given); i++) {
		if (given[i].comes)
			continue;
		given[i].map();
		slot_open(0);
		GUEST(&v, CODE, ASM_STR(0, 1), ASM_ADD_IMM(3, 3, 1),
		      ASM_STR(3, 4), ASM_LDR(0, 1), ASM_CBNZ(0, -3),
		      ASM_STR(0, 9));
		reg_set(v.vcpu, REG_X(0), 0x77);
		reg_set(v.vcpu, REG_X(1), GPA + AT);
		reg_set(v.vcpu, REG_X(4), GUEST_BASE);
		reg_set(v.vcpu, REG_X(9), GUEST_MMIO);
		run_begin(&thread);
		counts();
		EQUAL(*(volatile uint64_t *)word(AT), 0x77);
		given[i].give();
		NEED(!pthread_join(thread, NULL));
		EQUAL(atomic_load(&answer), -1);
		EQUAL(v.run->exit_reason, KVM_EXIT_MMIO);
		abi_run_nothing(&v);
		slot_close();
	}
}

/* ---- dirty log ------------------------------------------------------------- */

static uint64_t slot_log(void)
{
	uint64_t bits = UINT64_MAX;
	struct kvm_dirty_log log = {.slot = 1, .dirty_bitmap = &bits};

	OK(ioctl(v.vm, KVM_GET_DIRTY_LOG, &log));
	return bits;
}

/* A store that found nothing is none; and one that lies in two pages, of which one is
 * not there. */
static void hole_not_dirty(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	anonymous();
	slot_open(KVM_MEM_LOG_DIRTY_PAGES);
	protect();
	guest_at(GPA + AT, ASM_STR(0, 1));
	faults_here("STR");
	EQUAL(slot_log(), 0);
	guest_at(GPA + AT, ASM_LDR(0, 1));
	faults_here("LDR");
	EQUAL(slot_log(), 0);
	unprotect();
	guest_at(GPA + AT, ASM_STR(0, 1));
	goes_on();
	EQUAL(slot_log(), 1 << 5);
	/* Given back, and not written. */
	give_back();
	guest_at(GPA + AT, ASM_LDR(0, 1));
	goes_on();
	EQUAL(slot_log(), 0);
}

const struct abi_case cases_hole[] = {
	{"hole/each-way", hole_by_each_way},
	{"hole/while-running", hole_while_running},
	{"hole/under-code", hole_under_code},
	{"hole/punched-under-code", hole_punched_under_code},
	{"hole/punched-under-alias", hole_punched_under_alias},
	{"hole/removed-under-alias", hole_removed_under_alias},
	{"hole/removed-in-another-slot", hole_removed_in_another_slot},
	{"hole/behind-code", hole_behind_code},
	{"hole/in-instruction", hole_in_instruction},
	{"hole/each-access", hole_by_access},
	{"hole/under-tables", hole_under_tables},
	{"hole/given-back", page_given_back},
	{"hole/given-back-live", page_given_back_live},
	{"hole/not-dirty", hole_not_dirty},
	{NULL},
};
