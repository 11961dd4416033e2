/* SPDX-License-Identifier: MIT */
/*
 * Memory tagging: which VM may have it, its registers, what may be behind a slot, and
 * KVM_ARM_MTE_COPY_TAGS.
 */
#include "abi.h"

#include <linux/magic.h>
#include <sys/shm.h>
#include <sys/vfs.h>

#define PAGE          0x1000ull
#define TAGS_OF(page) ((page) / 16)
#define UNKNOWN       0x1de7ec7edbadc0deull /* as KVM resets */
#define REG_PFR1      REG_SYS(3, 0, 0, 4, 1)
#define REG_CLIDR     REG_SYS(3, 1, 0, 0, 1)
#define PFR1_MTE      0xf00ull

static const uint64_t regs[] = {
	REG_SYS(3, 0, 1, 0, 5), /* RGSR_EL1 */
	REG_SYS(3, 0, 1, 0, 6), /* GCR_EL1 */
	REG_SYS(3, 0, 5, 6, 0), /* TFSR_EL1 */
	REG_SYS(3, 0, 5, 6, 1), /* TFSRE0_EL1 */
};

static bool host_has_it(int kvm)
{
	return ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_MTE) == 1;
}

static void with_mte(struct abi_vm *v)
{
	if (!host_has_it(v->kvm))
		abi_skip("the host has no MTE");
	OK(abi_enable(v->vm, KVM_CAP_ARM_MTE, 0, 0));
}

static int slot_set(int vm, uint32_t id, uint32_t flags, uint64_t gpa,
		    uint64_t size, const void *host)
{
	struct kvm_userspace_memory_region r = {id, flags, gpa, size,
						(uintptr_t)host};

	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &r);
}

static int copy(const struct abi_vm *v, uint64_t flags, uint64_t ipa,
		uint64_t length, void *addr)
{
	struct kvm_arm_copy_mte_tags c = {.guest_ipa = ipa,
					  .length = length,
					  .addr = addr,
					  .flags = flags};

	return ioctl(v->vm, KVM_ARM_MTE_COPY_TAGS, &c);
}

static void enable(void)
{
	struct abi_vm v;

	abi_vm_bare(&v);
	if (!host_has_it(v.kvm)) {
		REFUSED(abi_enable(v.vm, KVM_CAP_ARM_MTE, 0, 0), EINVAL);
		return;
	}
	EQUAL(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_MTE), 1);
	REFUSED(abi_enable(v.vm, KVM_CAP_ARM_MTE, 1, 0), EINVAL);
	OK(abi_enable(v.vm, KVM_CAP_ARM_MTE, 0, 5));
	OK(abi_enable(v.vm, KVM_CAP_ARM_MTE, 0, 0));
	OK(ioctl(v.vm, KVM_CREATE_VCPU, 0));
	REFUSED(abi_enable(v.vm, KVM_CAP_ARM_MTE, 0, 0), EINVAL);
}

static void registers(void)
{
	uint64_t val, clidr, loc;
	struct abi_vm v, without;

	abi_vm_open_with(&v, ABI_NO_GIC, with_mte);
	abi_vm_open(&without, ABI_NO_GIC);
	for (unsigned int n = 0; n < ROWS(regs); n++) {
		EQUAL(reg_get(v.vcpu, regs[n]), UNKNOWN);
		reg_set(v.vcpu, regs[n], ~0ull - n);
		EQUAL(reg_get(v.vcpu, regs[n]), ~0ull - n);
		REFUSED(abi_reg_get(without.vcpu, regs[n], &val) ? 0 : -1,
			ENOENT);
	}
	val = reg_get(v.vcpu, REG_PFR1);
	CHECK((val & PFR1_MTE) >= 0x200);
	EQUAL(reg_get(without.vcpu, REG_PFR1), val & ~PFR1_MTE);
	REFUSED(abi_reg_set(v.vcpu, REG_PFR1, val & ~PFR1_MTE) ? 0 : -1,
		EINVAL);
	/* The caches have tags where coherency ends. */
	clidr = reg_get(without.vcpu, REG_CLIDR);
	loc = clidr >> 24 & 7;
	EQUAL(reg_get(v.vcpu, REG_CLIDR), clidr | 2ull << (2 * loc + 31));
}

static void slots(void)
{
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int mem = memfd_create("mte", MFD_CLOEXEC);
	struct statfs fs;
	struct abi_vm v;
	void *p;

	NEED(file >= 0 && mem >= 0 && ftruncate(mem, PAGE) == 0);
	abi_vm_open_with(&v, ABI_NO_GIC, with_mte);
	p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, file, 0);
	NEED(p != MAP_FAILED);
	/* The real kernel's host has its programs in a tmpfs. */
	if (fstatfs(file, &fs) == 0 && fs.f_type != TMPFS_MAGIC)
		REFUSED(slot_set(v.vm, 1, 0, GUEST_BASE + GUEST_SIZE, PAGE, p),
			EINVAL);
	OK(munmap(p, PAGE));
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, mem, 0);
	NEED(p != MAP_FAILED);
	OK(slot_set(v.vm, 3, 0, GUEST_BASE + GUEST_SIZE + 2 * PAGE, PAGE, p));
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		 -1, 0);
	NEED(p != MAP_FAILED);
	OK(slot_set(v.vm, 2, 0, GUEST_BASE + GUEST_SIZE + PAGE, PAGE, p));
}

static void copy_refused(void)
{
	struct kvm_arm_copy_mte_tags c = {
		.guest_ipa = GUEST_BASE, .length = PAGE, .reserved = {0, 1}};
	static uint8_t tags[2 * TAGS_OF(PAGE)];
	struct abi_vm v;

	abi_vm_open_with(&v, ABI_NO_GIC, with_mte);
	c.addr = tags;
	REFUSED(ioctl(v.vm, KVM_ARM_MTE_COPY_TAGS, &c), EINVAL);
	REFUSED(copy(&v, 2, GUEST_BASE, PAGE, tags), EINVAL);
	REFUSED(copy(&v, 1, GUEST_BASE + 16, PAGE, tags), EINVAL);
	REFUSED(copy(&v, 1, GUEST_BASE, PAGE + 16, tags), EINVAL);
	REFUSED(copy(&v, 1, GUEST_BASE, 1ull << 31, tags), EINVAL);
	REFUSED(copy(&v, 1, GUEST_BASE + GUEST_SIZE, PAGE, tags), EFAULT);
	REFUSED(copy(&v, 1, GUEST_BASE, PAGE, NULL), EFAULT);
	REFUSED(copy(&v, 0, GUEST_BASE, PAGE, NULL), EFAULT);
	EQUAL(copy(&v, 1, GUEST_BASE, 0, NULL), 0);
	/* What was copied counts. */
	EQUAL(copy(&v, 1, GUEST_BASE + GUEST_SIZE - PAGE, 2 * PAGE, tags),
	      PAGE);
	OK(slot_set(v.vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GUEST_BASE + GUEST_SIZE,
		    PAGE, v.ram));
	REFUSED(copy(&v, 0, GUEST_BASE, PAGE, tags), EBUSY);
	EQUAL(copy(&v, 1, GUEST_BASE, PAGE, tags), PAGE);
}

/* A slot whose memory is not there, or cannot be written. */
static void copy_nothing_there(void)
{
	static uint8_t tags[TAGS_OF(PAGE)];
	const uint64_t gone = GUEST_BASE + 2 * PAGE;
	struct abi_vm v;

	abi_vm_open_with(&v, ABI_NO_GIC, with_mte);
	OK(munmap(v.ram + 2 * PAGE, PAGE));
	REFUSED(copy(&v, 1, gone, PAGE, tags), EFAULT);
	REFUSED(copy(&v, 0, gone, PAGE, tags), EFAULT);
	EQUAL(copy(&v, 0, gone - PAGE, 2 * PAGE, tags), PAGE);
	OK(mprotect(v.ram + PAGE, PAGE, PROT_READ));
	REFUSED(copy(&v, 0, gone - PAGE, PAGE, tags), EFAULT);
	EQUAL(copy(&v, 1, gone - PAGE, PAGE, tags), PAGE);
}

/* ---- pages that go, and their tags --------------------------------------- */

static void by_advice(void *page)
{
	OK(madvise(page, PAGE, MADV_DONTNEED));
}

static void by_map(void *page)
{
	NEED(mmap(page, PAGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page);
}

static void by_unmap(void *page)
{
	OK(munmap(page, PAGE));
	by_map(page);
}

static void by_remap(void *page)
{
	void *other = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(mremap(other, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page) ==
	     page);
}

static void by_attach(void *page)
{
	int id = shmget(IPC_PRIVATE, PAGE, 0600);

	NEED(id >= 0);
	NEED(shmat(id, page, SHM_REMAP) == page);
	OK(shmctl(id, IPC_RMID, NULL));
}

static void by_detach(void *page)
{
	OK(shmdt(page));
	by_map(page);
}

static void copied(void)
{
	static void (*const ways[])(void *) = {by_advice, by_map,    by_unmap,
					       by_remap,  by_attach, by_detach};
	static uint8_t in[TAGS_OF(PAGE)], out[TAGS_OF(PAGE)];
	struct abi_vm v;

	abi_vm_open_with(&v, ABI_NO_GIC, with_mte);
	for (unsigned int k = 0; k < sizeof(ways) / sizeof(ways[0]); k++) {
		/* All alike: QEMU 7.2 has one pair of tags a page (fixed in
		 * 8.0). */
		memset(in, 0x35, sizeof(in));
		EQUAL(copy(&v, 0, GUEST_BASE, PAGE, in), PAGE);
		EQUAL(copy(&v, 1, GUEST_BASE, PAGE, out), PAGE);
		memset(in, 5, sizeof(in));
		EQUAL(memcmp(out, in, sizeof(out)), 0);
		ways[k](v.ram);
		EQUAL(copy(&v, 1, GUEST_BASE, PAGE, out), PAGE);
		memset(in, 0, sizeof(in));
		EQUAL(memcmp(out, in, sizeof(out)), 0);
	}
}

#define EL1H 0x3c5ull
#define TCO  (1ull << 25)

/* The exception that KVM makes up is as the core's: it sets PSTATE.TCO. */
static void abort_taken(void)
{
	struct kvm_vcpu_events events = {.exception.ext_dabt_pending = 1};
	struct abi_vm v;

	abi_vm_open_with(&v, ABI_NO_GIC, with_mte);
	OK(ioctl(v.vcpu, KVM_SET_VCPU_EVENTS, &events));
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), EL1H | TCO);
}

#define VECTORS 0x1000

/* PSTATE after @word, at @at, was UNDEFINED. */
static uint64_t pstate_after(struct abi_vm *v, uint64_t at, uint32_t word)
{
	const uint32_t code[] = {ASM_NOP, word, ASM_B_SELF};

	abi_guest_load(v, at, code, ROWS(code));
	reg_set(v->vcpu, REG_ESR, 0);
	reg_set(v->vcpu, REG_PSTATE, EL1H);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v->vcpu, REG_ELR), GUEST_BASE + at + 4);
	EQUAL(reg_get(v->vcpu, REG_ESR), 0x2000000);
	return reg_get(v->vcpu, REG_PSTATE);
}

/* A VM without MTE on a host with it, whose exceptions come to the VMM. */
static void open_without(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	if (!host_has_it(v->kvm))
		abi_skip("the host has no MTE");
	GUEST(v, VECTORS + 0x200, ASM_MOVZ(1, GUEST_MMIO >> 16, 1),
	      ASM_STR(0, 1), ASM_B_SELF);
	reg_set(v->vcpu, REG_VBAR, GUEST_BASE + VECTORS);
}

/*
 * What a VM without MTE has not of its host's core is UNDEFINED: by the core, which
 * sets PSTATE.TCO, or by KVM, which does not.
 */
static void undefined_for_vm(void)
{
	static const uint32_t by_kvm[] = {
		ASM_MRS(0, SYSREG_ENC(3, 0, 1, 0, 6)),   /* GCR_EL1 */
		ASM_MSR(SYSREG_ENC(3, 0, 5, 6, 0), 0),   /* TFSR_EL1 */
		ASM_SYS(0, 7, 6, 4, 0),                  /* DC IGSW */
		ASM_MRS(0, SYSREG_ENC(3, 0, 2, 1, 0)),   /* APIAKeyLo_EL1 */
		0x9ac23020,                              /* pacga x0, x1, x2 */
		ASM_MRS(0, SYSREG_ENC(3, 3, 9, 12, 0)),  /* PMCR_EL0 */
		ASM_MRS(0, SYSREG_ENC(3, 0, 13, 0, 7)),  /* SCXTNUM_EL1 */
		ASM_MRS(0, SYSREG_ENC(3, 0, 12, 12, 2)), /* ICC_HPPIR1_EL1 */
	};
	static const uint32_t by_core[] = {
		ASM_UDF, ASM_MSR(SYSREG_ENC(3, 0, 0, 0, 0), 0), /* MIDR_EL1 */
		ASM_MSR(SYSREG_ENC(2, 0, 1, 0, 0), 0),          /* MDRAR_EL1 */
		ASM_MRS(0, SYSREG_ENC(3, 4, 1, 1, 0)),          /* HCR_EL2 */
	};
	/* By KVM if the core has SVE. */
	static const uint32_t of_sve[] = {
		ASM_MRS(0, SYSREG_ENC(3, 0, 1, 2, 0)), /* ZCR_EL1 */
		0x2518e3e0,                            /* ptrue p0.b */
	};
	uint64_t at = 0, sve;
	struct abi_vm v;

	open_without(&v);
	sve = ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SVE) ? EL1H
								 : EL1H | TCO;
	reg_set(v.vcpu, REG_SYS(3, 0, 1, 0, 2), 3u << 20 | 3u << 16);
	for (size_t i = 0; i < ROWS(of_sve); i++)
		EQUAL(pstate_after(&v, at += 16, of_sve[i]), sve);
	for (size_t i = 0; i < ROWS(by_kvm); i++)
		EQUAL(pstate_after(&v, at += 16, by_kvm[i]), EL1H);
	for (size_t i = 0; i < ROWS(by_core); i++)
		EQUAL(pstate_after(&v, at += 16, by_core[i]), EL1H | TCO);
}

/* Aborts alike: of what is no memory by KVM, of what is no address by the core. */
static void aborts_for_vm(void)
{
	static const struct {
		uint64_t at;
		bool fetched, by_kvm;
	} t[] = {
		{GUEST_BASE - 0x1000, true, true},
		{1ull << 41, false, true},
		{1ull << 54, true, false},
		{1ull << 54, false, false},
	};
	struct abi_vm v;

	open_without(&v);
	for (size_t i = 0; i < ROWS(t); i++) {
		/* The end of the access before skips one. */
		GUEST(&v, 0, ASM_NOP, ASM_LDR(0, 2));
		reg_set(v.vcpu, REG_PSTATE, EL1H);
		reg_set(v.vcpu, REG_X(2), t[i].at);
		if (t[i].fetched)
			reg_set(v.vcpu, REG_PC, t[i].at);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(v.run->mmio.phys_addr, GUEST_MMIO);
		EQUAL(reg_get(v.vcpu, REG_PSTATE),
		      t[i].by_kvm ? EL1H : EL1H | TCO);
	}
}

const struct abi_case cases_mte[] = {
	{"mte/enable", enable},
	{"mte/registers", registers},
	{"mte/slots", slots},
	{"mte/copy-refused", copy_refused},
	{"mte/copy-nothing-there", copy_nothing_there},
	{"mte/copied", copied},
	{"mte/abort", abort_taken},
	{"mte/undefined-for-vm", undefined_for_vm},
	{"mte/aborts-for-vm", aborts_for_vm},
	{NULL},
};
