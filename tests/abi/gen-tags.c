/* SPDX-License-Identifier: MIT */
/*
 * Random orders of KVM_CAP_ARM_MTE and KVM_ARM_MTE_COPY_TAGS, on slots that can be
 * written, that cannot, that log, with nothing mapped, and between slots. See
 * random.h.
 */
#include "random.h"

#include <string.h>
#include <sys/mman.h>

#define PAGE    0x1000ull
#define TAGS_OF (PAGE / 16)
#define PER     4 /* pages of FRESH_HVA in a slot */

/* The last has nothing mapped. */
enum { SLOT_PLAIN, SLOT_READONLY, SLOT_PROTECTED, SLOT_LOGGED, SLOT_NOTHING };

/* Slots with a hole between them. */
static uint64_t slot_gpa(unsigned int slot)
{
	return RAM_GPA + slot * (PER + 1) * PAGE;
}

static void slot_set(struct fresh *f, unsigned int slot, uint64_t size)
{
	struct kvm_userspace_memory_region r = {
		.slot = slot,
		.guest_phys_addr = slot_gpa(slot),
		.memory_size = size,
		.userspace_addr = FRESH_HVA + slot * PER * PAGE,
	};

	if (slot == SLOT_READONLY)
		r.flags = KVM_MEM_READONLY;
	if (slot == SLOT_LOGGED && odd(400))
		r.flags = KVM_MEM_LOG_DIRTY_PAGES;
	say(" slot %u size=%#llx flags=%u", slot,
	    (unsigned long long)r.memory_size, r.flags);
	answer(ioctl(f->vm, KVM_SET_USER_MEMORY_REGION, in_arg(&r, sizeof(r))));
}

static void step_slot(struct fresh *f)
{
	uint64_t size = odd(200) ? 0 : PER * PAGE;

	slot_set(f, below(SLOT_NOTHING + 1), size);
}

static uint64_t hash(const uint8_t *p, size_t size)
{
	uint64_t h = 0xcbf29ce484222325;

	while (size--)
		h = (h ^ *p++) * 0x100000001b3;
	return h;
}

static void step_copy(struct fresh *f)
{
	static uint8_t tags[8 * TAGS_OF];
	uint64_t gpa = slot_gpa(below(SLOT_NOTHING + 1));
	struct kvm_arm_copy_mte_tags copy = {
		.guest_ipa = gpa,
		.length = (1 + below(6)) * PAGE,
		.flags = odd(500),
	};
	uint64_t fill = rnd();

	copy.guest_ipa += below(PER + 1) * PAGE;
	if (odd(40))
		copy.guest_ipa = ONE_OF(RAM_GPA + 8, -PAGE, 1ull << 60, 0,
					1ull << 40, RAM_GPA + 0x800);
	if (odd(40))
		copy.length = ONE_OF(0, 8, 0x800, 1ull << 31, 1ull << 32,
				     0x7ffff000, -PAGE, 0x1008);
	if (odd(30))
		copy.flags = wild();
	if (odd(30))
		copy.reserved[below(2)] = 1;
	/* Alike in a page: QEMU 7.2 has one pair of tags a page. */
	for (unsigned int i = 0; i < sizeof(tags); i++)
		tags[i] = copy.flags ? 0xee : fill >> (i / TAGS_OF * 4);
	copy.addr = in_arg2(tags, sizeof(tags));
	say(" COPY ipa=%#llx length=%#llx flags=%#llx reserved=%llu,%llu",
	    (unsigned long long)copy.guest_ipa, (unsigned long long)copy.length,
	    (unsigned long long)copy.flags,
	    (unsigned long long)copy.reserved[0],
	    (unsigned long long)copy.reserved[1]);
	answer(ioctl(f->vm, KVM_ARM_MTE_COPY_TAGS,
		     in_arg(&copy, sizeof(copy))));
	if (args_good)
		say(" %llx", (unsigned long long)hash(copy.addr, sizeof(tags)));
}

static void step_log(struct fresh *f)
{
	uint64_t bits[2] = {0};
	struct kvm_dirty_log log = {.slot = below(SLOT_NOTHING + 1),
				    .dirty_bitmap = bits};

	say(" LOG slot=%u", log.slot);
	if (answer(ioctl(f->vm, KVM_GET_DIRTY_LOG,
			 in_arg(&log, sizeof(log)))) == 0)
		say(" %llx", (unsigned long long)bits[0]);
}

/* What becomes of the tags of a page that is new, of one that cannot be
 * written for a while, and of one that is written. */
static void step_page(struct fresh *f)
{
	unsigned int n = below(3 * PER);
	uint8_t *page;

	(void)f;
	if (n / PER == SLOT_PROTECTED)
		n += PER;
	page = (uint8_t *)(FRESH_HVA + n * PAGE);
	say(" page %llu", (unsigned long long)((uintptr_t)page - FRESH_HVA));
	switch (below(4)) {
	case 0:
		say(" dropped");
		answer(madvise(page, PAGE, MADV_DONTNEED));
		break;
	case 1:
		say(" written");
		memset(page, 0x11, PAGE);
		break;
	default: {
		unsigned int prot =
			ONE_OF(PROT_READ, PROT_READ | PROT_WRITE, PROT_NONE);
		uint8_t *at =
			(uint8_t *)(FRESH_HVA + SLOT_PROTECTED * PER * PAGE);

		say(" slot %u prot=%u", SLOT_PROTECTED, prot);
		answer(mprotect(at, PER * PAGE, prot));
	}
	}
}

static void step_enable(struct fresh *f)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_ARM_MTE,
				     .flags = odd(50) ? wild() : 0};

	say(" MTE flags=%#x", cap.flags);
	answer(ioctl(f->vm, KVM_ENABLE_CAP, in_arg(&cap, sizeof(cap))));
}

/* RGSR, GCR, TFSR, TFSRE0, ID_AA64PFR1, CLIDR */
static void step_mte_reg(struct fresh *f)
{
	uint64_t id = ONE_OF(
		ARM64_SYS_REG(3, 0, 1, 0, 5), ARM64_SYS_REG(3, 0, 1, 0, 6),
		ARM64_SYS_REG(3, 0, 5, 6, 0), ARM64_SYS_REG(3, 0, 5, 6, 1),
		ARM64_SYS_REG(3, 0, 0, 4, 1), ARM64_SYS_REG(3, 1, 0, 0, 1));

	step_reg(f, id, wild());
}

static step *const steps[] = {
	step_slot,   step_copy,    step_copy, step_copy, step_copy,
	step_copy,   step_log,     step_page, step_page, step_init,
	step_enable, step_mte_reg, step_vcpu,
};

/* No vCPU yet: then it is too late for the capability. */
static void start(struct fresh *f)
{
	if (odd(900))
		step_enable(f);
	for (unsigned int slot = 0; slot <= SLOT_NOTHING; slot++) {
		say(";");
		slot_set(f, slot, PER * PAGE);
	}
	say(";");
}

void fresh_tags(void)
{
	static const struct purpose tags = {0, start, steps, LENGTH(steps)};

	fresh_run(&tags);
}
