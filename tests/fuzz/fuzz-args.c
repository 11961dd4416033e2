/* SPDX-License-Identifier: MIT */
/* See fuzz-args.h. */
#include "fuzz-args.h"

#include <errno.h>
#include <fauxkvm/kvm.h>
#include <fauxkvm/device-attr-draft.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/a64.h"
#include "tests/tsan.h"
#include "isa/insn.h"

struct fuzz_arena fuzz_arena;

void fuzz_arena_init(void)
{
	struct fuzz_arena *a = &fuzz_arena;

	a->base = mmap(NULL, ARENA_SIZE + GUARD_SIZE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	a->rodata =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->base == MAP_FAILED || a->rodata == MAP_FAILED ||
	    mprotect(a->base, ARENA_SIZE, PROT_READ | PROT_WRITE))
		abort();
	tsan_guest_memory(a->base, ARENA_SIZE);
	for (int i = 0; i < NR_EVENTS; i++)
		a->event[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

uint64_t fuzz_value(struct fuzz_input *in)
{
	static const uint64_t edges[] = {
		0,
		1,
		2,
		3,
		4,
		8,
		0xfff,
		0x1000,
		0xffff,
		0x10000,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x7fffffffffffffff,
		0x8000000000000000,
		0xfffffffffffffffe,
		0xffffffffffffffff,
	};
	uint8_t how = fuzz_u8(in);

	switch (how & 3) {
	case 0: return edges[(how >> 2) % ARRAY_SIZE(edges)];
	case 1: return how >> 2;
	case 2: return fuzz_u16(in);
	default: return fuzz_u64(in) >> (how >> 2);
	}
}

uint64_t fuzz_pointer(struct fuzz_input *in)
{
	uint64_t base = (uintptr_t)fuzz_arena.base;
	uint8_t how = fuzz_u8(in);

	switch (how & 31) {
	case 0: return 0;
	case 1: return how;
	case 2: return 0xffff800000000000;
	case 3: return -8;
	case 4: return base + ARENA_SIZE;
	case 5: return base + ARENA_SIZE - (how >> 5) * 4;
	case 6: return (uintptr_t)fuzz_arena.rodata;
	case 7: return 1ull << 47;
	case 8: return 1ull << 56 | base;
	default: return base + RAM_SIZE + fuzz_u16(in) * 8;
	}
}

uint64_t fuzz_gpa(struct fuzz_input *in)
{
	static const uint64_t bases[] = {
		RAM_BASE,  RAM_BASE,  RAM_BASE, GICD_BASE,
		GICC_BASE, GICR_BASE, ITS_BASE, HOLE_BASE,
	};
	uint8_t how = fuzz_u8(in);

	if ((how & 15) == 15)
		return fuzz_value(in);
	return bases[how & 7] + (how & 8 ? (how >> 4) * 0x10000 : 0) +
	       (how & 0x80 ? fuzz_u16(in) & ~7u : 0);
}

int fuzz_fd(struct fuzz_input *in)
{
	uint8_t how = fuzz_u8(in);

	if (how < 0xe0)
		return fuzz_arena.event[how % NR_EVENTS];
	return how < 0xf0 ? -1 : how - 0xf0; /* stdin and other strangers */
}

uint64_t fuzz_reg_id(struct fuzz_input *in)
{
	uint32_t kind = fuzz_u8(in);

	switch (kind & 7) {
	case 0:
	case 1: return 0x6030000000100000 + fuzz_below(in, 0x60);
	case 2: return 0x6040000000100054 + 4 * fuzz_below(in, 34);
	case 3: return 0x6030000000140000 + fuzz_below(in, 6);
	case 4: return 0x6030000000160000 + fuzz_below(in, 6);
	case 5: return fuzz_u64(in);
	case 6:
		/* The PMU's: CRn 9 and 14 of op1 3. */
		return (kind & 8 ? 0x603000000013dc80 : 0x603000000013df00) |
		       (fuzz_u8(in) & 0x7f);
	default:
		/* A system register: op0 2 or 3, most CRn 0..15. */
		return 0x6030000000130000 | (uint64_t)(2 + (kind >> 7)) << 14 |
		       (fuzz_u16(in) & 0x3fff);
	}
}

static uint64_t page_count(struct fuzz_input *in)
{
	return fuzz_below(in, RAM_SIZE / 4096 + 1);
}

static void arg_slot(struct fuzz_input *in, void *arg)
{
	struct kvm_userspace_memory_region *r = arg;
	uint64_t page = page_count(in);
	uint8_t odd = fuzz_u8(in);

	r->slot = fuzz_below(in, 6);
	r->flags = fuzz_below(in, 4);
	r->guest_phys_addr = fuzz_gpa(in) & ~0xfffull;
	r->memory_size = page_count(in) * 4096;
	/* The end may lie in the guard. */
	r->userspace_addr = (uintptr_t)fuzz_arena.base + page * 4096;
	switch (odd & 31) {
	case 0: r->slot = fuzz_u32(in); break;
	case 1: r->flags = fuzz_u32(in); break;
	case 2: r->guest_phys_addr = fuzz_value(in); break;
	case 3: r->memory_size = fuzz_value(in) & (GUARD_SIZE / 2 - 1); break;
	case 4: r->userspace_addr += fuzz_u16(in); break;
	case 5:
		r->userspace_addr = 1ull << 47;
		r->memory_size = fuzz_value(in) >> 28 << 12;
		break;
	case 6: r->userspace_addr |= fuzz_u64(in) << 48; break;
	default: break;
	}
	/* No byte of a slot may be the fuzzer's. */
	if (r->userspace_addr < 1ull << 47 && r->memory_size > GUARD_SIZE / 2)
		r->memory_size = GUARD_SIZE / 2;
}

static void arg_dirty(struct fuzz_input *in, unsigned int cmd, void *arg)
{
	if (cmd == KVM_GET_DIRTY_LOG) {
		struct kvm_dirty_log *l = arg;

		l->slot = fuzz_below(in, 7);
		l->padding2 = fuzz_pointer(in);
	} else {
		struct kvm_clear_dirty_log *l = arg;

		l->slot = fuzz_below(in, 7);
		l->num_pages = fuzz_value(in);
		l->first_page = fuzz_value(in) & ~63ull;
		l->padding2 = fuzz_pointer(in);
	}
}

static void arg_routing(struct fuzz_input *in, void *arg)
{
	struct kvm_irq_routing *r = arg;

	r->nr = fuzz_u8(in) & 7;
	r->flags = fuzz_u8(in) ? 0 : 1;
	for (uint32_t i = 0; i < r->nr; i++) {
		struct kvm_irq_routing_entry *e = &r->entries[i];

		e->gsi = fuzz_below(in, 8);
		e->type = fuzz_below(in, 4);
		e->flags = fuzz_below(in, 2);
		e->u.irqchip.irqchip = fuzz_u8(in) & 1 ? 0 : fuzz_u8(in);
		e->u.irqchip.pin = fuzz_value(in);
		if (e->type == KVM_IRQ_ROUTING_MSI) {
			e->u.msi.address_lo = ITS_BASE + 0x10040;
			e->u.msi.address_hi = 0;
			e->u.msi.data = fuzz_u8(in);
			e->u.msi.devid = fuzz_u8(in);
		}
	}
	if (fuzz_u8(in) == 0)
		r->nr = fuzz_value(in);
}

static void arg_irqfd(struct fuzz_input *in, void *arg)
{
	struct kvm_irqfd *i = arg;

	i->fd = fuzz_fd(in);
	i->gsi = fuzz_value(in);
	i->flags = fuzz_below(in, 5);
	i->resamplefd = fuzz_fd(in);
}

static void arg_ioeventfd(struct fuzz_input *in, void *arg)
{
	static const uint8_t lens[] = {0, 1, 2, 4, 8, 4, 3, 16};
	struct kvm_ioeventfd *i = arg;

	i->datamatch = fuzz_value(in);
	i->addr = fuzz_gpa(in);
	i->len = lens[fuzz_below(in, 8)];
	i->fd = fuzz_fd(in);
	i->flags = fuzz_below(in, 33);
}

/* The name that rows of @obj's attributes go by. */
static const char *attr_owner(const struct kobj *obj)
{
	switch (obj->kind) {
	case KOBJ_VCPU: return "vcpu";
	case KOBJ_VM: return "vm";
	default: return obj->name;
	}
}

/* One of the rows for @obj; NULL: it has none. */
static const struct attr_row *attr_row(struct fuzz_input *in,
				       const struct kobj *obj)
{
	struct kernel_attr_row a;
	const struct attr_row *rows[64];
	unsigned int n = 0;

	for (unsigned int i = 0; kernel_attr_row(i, &a); i++)
		if (a.row && !strcmp(a.owner, attr_owner(obj)) &&
		    n < ARRAY_SIZE(rows))
			rows[n++] = a.row;
	return n ? rows[fuzz_below(in, n)] : NULL;
}

/* Mostly what a row names, sometimes any group and number. */
static void arg_attr(struct fuzz_input *in, const struct kobj *obj, void *arg)
{
	struct kvm_device_attr *a = arg;
	uint8_t how = fuzz_u8(in);
	const struct attr_row *row = how & 0x18 ? attr_row(in, obj) : NULL;
	uint64_t first = row ? row->first : 0;

	a->flags = 0;
	a->group = row ? row->group : fuzz_below(in, 10);
	a->addr = fuzz_pointer(in);
	switch (how & 3) {
	case 0: a->attr = first + fuzz_below(in, 8); break;
	case 1: a->attr = fuzz_u16(in) & ~3u; break;
	case 2:
		a->attr = (uint64_t)fuzz_below(in, 4) << 32 |
			  (fuzz_u32(in) & 0x1fffc);
		break;
	default: a->attr = fuzz_value(in); break;
	}
	if (row && (a->attr < first || a->attr > row->last))
		a->attr = first;
	/* The payload: an address, a register's value, a count, a range. */
	if (a->addr >= (uintptr_t)fuzz_arena.base &&
	    a->addr < (uintptr_t)fuzz_arena.base + ARENA_SIZE - 8) {
		uint64_t v = how & 4 ? fuzz_gpa(in) : fuzz_value(in);

		if (obj->kind == KOBJ_VCPU && (how & 0x60) == 0x60)
			v = fuzz_u16(in) | (uint64_t)fuzz_u16(in) << 16 |
			    (uint64_t)(fuzz_u8(in) & 1) << 32;

		memcpy((void *)(uintptr_t)a->addr, &v, 8);
	}
}

/* PMU, and pointer authentication where the host has it. */
uint32_t fuzz_features(unsigned int which)
{
	return (which & 1 ? 1u << KVM_ARM_VCPU_PMU_V3 : 0) |
	       (which & 2 ? 3u << KVM_ARM_VCPU_PTRAUTH_ADDRESS : 0);
}

static void arg_init(struct fuzz_input *in, void *arg)
{
	struct kvm_vcpu_init *i = arg;
	uint8_t how = fuzz_u8(in);

	memset(i, 0, sizeof(*i));
	i->target = KVM_ARM_TARGET_GENERIC_V8;
	i->features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2 | (how & 1);
	/* Mostly those that fuzz-ioctl.c gave the VM. */
	if (how & 0x40)
		i->features[0] |= fuzz_features(how >> 4 & 3);
	if ((how & 15) == 15)
		i->features[how >> 5 & 7 ? 0 : 3] = fuzz_u32(in);
	if ((how & 15) == 14)
		i->target = fuzz_u8(in);
}

static void arg_cap(struct fuzz_input *in, void *arg)
{
	struct kvm_enable_cap *c = arg;

	static const uint16_t some[] = {
		KVM_CAP_DIRTY_LOG_RING_ACQ_REL,
		KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP,
		KVM_CAP_HALT_POLL,
		KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
	};
	uint8_t how = fuzz_u8(in);

	c->cap = fuzz_below(in, 250);
	c->flags = fuzz_u8(in) ? 0 : fuzz_u32(in);
	for (int i = 0; i < 4; i++)
		c->args[i] = fuzz_value(in);
	if (how & 1)
		c->cap = some[(how >> 1) % ARRAY_SIZE(some)];
	if ((how & 0x60) == 0x60)
		c->args[0] = UINT64_C(1) << (fuzz_u8(in) & 31);
}

static void arg_debug(struct fuzz_input *in, void *arg)
{
	struct kvm_guest_debug *d = arg;
	uint32_t bits = fuzz_u8(in);

	d->control = (bits & 3) | (bits & 0xc) << 14 | (bits & 0xf0) << 20;
	for (int i = 0; i < 4; i++) {
		d->arch.dbg_bcr[i] = fuzz_u16(in);
		d->arch.dbg_bvr[i] = fuzz_gpa(in);
		d->arch.dbg_wcr[i] = fuzz_u16(in);
		d->arch.dbg_wvr[i] = fuzz_gpa(in);
	}
}

static void arg_reg(struct fuzz_input *in, void *arg)
{
	struct kvm_one_reg *r = arg;
	uint64_t v[2] = {fuzz_value(in), fuzz_value(in)};

	if (fuzz_u8(in) & 1)
		v[0] = fuzz_gpa(in);
	r->id = fuzz_reg_id(in);
	r->addr = fuzz_pointer(in);
	if (r->addr >= (uintptr_t)fuzz_arena.base &&
	    r->addr < (uintptr_t)fuzz_arena.base + ARENA_SIZE - 16)
		memcpy((void *)(uintptr_t)r->addr, v, 16);
}

/* Of the draft's variant: mostly a GIC's attribute with a size. */
static void arg_draft(struct fuzz_input *in, void *arg)
{
	struct kvm_device_attr_draft_addr *d = arg;
	uint8_t how = fuzz_u8(in);

	d->device = how & 0x30 ? 7 - (how & 2) : fuzz_value(in);
	d->attr = how & 0xc0 ? 1 + fuzz_below(in, 6) : fuzz_u32(in);
	d->size = how & 4 ? 8 : how & 8 ? 4 : fuzz_value(in);
	d->pad = fuzz_u8(in) ? 0 : 1;
	d->addr = fuzz_pointer(in);
}

static void arg_small(struct fuzz_input *in, unsigned int cmd, void *arg)
{
	uint32_t *w = arg;

	switch (cmd) {
	case KVM_CREATE_DEVICE:
		w[0] = 4 + fuzz_below(in, 6);
		w[2] = fuzz_below(in, 8) == 0;
		break;
	case KVM_SET_MP_STATE:
		w[0] = (const uint8_t[]){0, 5, 10, 0, 1}[fuzz_below(in, 5)];
		break;
	case KVM_IRQ_LINE:
	case KVM_IRQ_LINE_STATUS:
		w[0] = (uint32_t)fuzz_below(in, 4) << 24 |
		       (uint32_t)fuzz_below(in, 3) << 16 |
		       (fuzz_u16(in) & 0x3ff);
		w[1] = fuzz_u8(in) & 1;
		break;
	case KVM_SET_SIGNAL_MASK:
		w[0] = fuzz_below(in, 8) ? 8 : fuzz_u32(in);
		break;
	case KVM_GET_REG_LIST: *(uint64_t *)arg = fuzz_value(in); break;
	}
}

void fuzz_argument(struct fuzz_input *in, const struct kobj *obj,
		   unsigned int cmd, void *arg, size_t size)
{
	/* Random first; fields that must be plausible after. */
	for (size_t i = 0; i + 8 <= size; i += 8) {
		uint64_t v = fuzz_u8(in) & 1 ? fuzz_value(in) : 0;

		memcpy((char *)arg + i, &v, 8);
	}
	switch (cmd) {
	case KVM_SET_USER_MEMORY_REGION:
	case KVM_SET_USER_MEMORY_REGION2: arg_slot(in, arg); break;
	case KVM_GET_DIRTY_LOG:
	case KVM_CLEAR_DIRTY_LOG: arg_dirty(in, cmd, arg); break;
	case KVM_SET_GSI_ROUTING: arg_routing(in, arg); break;
	case KVM_IRQFD: arg_irqfd(in, arg); break;
	case KVM_IOEVENTFD: arg_ioeventfd(in, arg); break;
	case KVM_SET_DEVICE_ATTR:
	case KVM_GET_DEVICE_ATTR:
	case KVM_HAS_DEVICE_ATTR: arg_attr(in, obj, arg); break;
	case KVM_ARM_VCPU_INIT: arg_init(in, arg); break;
	case KVM_ENABLE_CAP: arg_cap(in, arg); break;
	case KVM_SET_GUEST_DEBUG: arg_debug(in, arg); break;
	/* KVM_ARM_SET_DEVICE_ADDR has the number of KVM_GET_ONE_REG. */
	case KVM_SET_ONE_REG:
	case KVM_GET_ONE_REG: arg_reg(in, arg); break;
	case KVM_SIGNAL_MSI:
		((struct kvm_msi *)arg)->address_lo = ITS_BASE + 0x10040;
		((struct kvm_msi *)arg)->flags = fuzz_below(in, 3);
		break;
	case KVM_REGISTER_COALESCED_MMIO:
	case KVM_UNREGISTER_COALESCED_MMIO:
		((struct kvm_coalesced_mmio_zone *)arg)->addr = fuzz_gpa(in);
		((struct kvm_coalesced_mmio_zone *)arg)->pio =
			fuzz_below(in, 3);
		break;
	case KVM_ARM_MTE_COPY_TAGS:
		((struct kvm_arm_copy_mte_tags *)arg)->addr =
			(void *)(uintptr_t)fuzz_pointer(in);
		break;
	case KVM_ARM_GET_REG_WRITABLE_MASKS:
		memset(arg, 0, size);
		((struct reg_mask_range *)arg)->addr = fuzz_pointer(in);
		break;
	case KVM_SET_DEVICE_ATTR_DRAFT:
		((struct kvm_device_attr_draft *)arg)->device = fuzz_u8(in) & 7;
		((struct kvm_device_attr_draft *)arg)->attr = fuzz_below(in, 8);
		((struct kvm_device_attr_draft *)arg)->value =
			fuzz_u8(in) & 1 ? fuzz_gpa(in) : fuzz_value(in);
		break;
	case KVM_SET_DEVICE_ATTR_DRAFT_ADDR: arg_draft(in, arg); break;
	case KVM_SET_VCPU_EVENTS: memset((char *)arg + 3, 0, size - 3); break;
	default: arg_small(in, cmd, arg); break;
	}
}

uint32_t fuzz_insn(struct fuzz_input *in)
{
	static const uint32_t menu[] = {
		ASM_LDR(1, 0),
		ASM_STR(1, 0),
		ASM_LDR_W(1, 2),
		ASM_STR_W(3, 2),
		ASM_STRB(1, 0),
		ASM_LDP(0, 2, 0),
		ASM_WFI,
		ASM_WFE,
		ASM_HVC(0),
		ASM_SMC(0),
		ASM_SVC(0),
		ASM_ERET,
		ASM_ISB,
		ASM_TLBI_VMALLE1,
		ASM_TLBI_VMALLE1IS,
		ASM_IC_IALLU,
		ASM_DAIFCLR(4),
		ASM_DAIFCLR(2),
		ASM_MRS(0, ENC_SCTLR),
		ASM_MSR(ENC_SCTLR, 0),
		ASM_B(-4),
		ASM_BRK(0),
		ASM_UDF,
	};
	uint8_t how = fuzz_u8(in);
	const struct insn_row *rows, *row;
	unsigned int n;
	uint32_t w;

	if (how < 96)
		return menu[how % ARRAY_SIZE(menu)];
	/* The PMU's registers: CRn 9 and 14 of op1 3. */
	if (how < 104)
		return 0xd51b0001 | (how & 1 ? 0x200000 : 0) |
		       (how & 2 ? 0x9000 : 0xe000) | (fuzz_u8(in) & 0x7f) << 5;
	/* System registers, of ICC_ and the timers above all. */
	if (how < 128)
		return 0xd5180001 | (how & 1 ? 0x200000 : 0) |
		       (fuzz_u16(in) & 0x7fff) << 5;
	if (how < 136)
		return fuzz_u32(in);
	rows = insn_rows(&n);
	w = fuzz_u32(in);
	row = &rows[fuzz_u16(in) % n];
#ifdef __SANITIZE_THREAD__
	/* An atomic that faults does so under a lock of TSan's own. */
	if (row->class == INSN_ATOMIC)
		return ASM_NOP;
#endif
	return (w & ~row->mask) | row->value;
}

/* ---- answers ------------------------------------------------------------- */

#define B(e) (1ull << (e))
#define ARG  (B(EFAULT) | B(EINVAL))
#define FD   (B(EMFILE) | B(ENFILE) | B(ENOMEM))
/* What any of a device's or vCPU's attributes may answer. */
#define ATTR                                                             \
	(ARG | B(EPERM) | B(ENODEV) | B(ENOENT) | B(EACCES) | B(EBADF) | \
	 B(ENOSPC) | B(ENOMEM) | B(E2BIG) | B(EBUSY) | B(ENXIO) | B(EEXIST))

/* By the project's table of requests; every request also has EIO (a dead VM),
 * EINVAL (not known to the descriptor). Those not here: EFAULT. */
static const struct {
	unsigned int cmd;
	uint64_t errnos;
	bool positive; /* a value above 0 is an answer */
} answers[] = {
	{KVM_GET_API_VERSION, 0, true},
	{KVM_CREATE_VM, FD, true},
	{KVM_CHECK_EXTENSION, 0, true},
	{KVM_GET_VCPU_MMAP_SIZE, 0, true},
	{KVM_GET_STATS_FD, FD, true},
	{KVM_CREATE_VCPU, FD | B(EBUSY) | B(EEXIST) | B(ENOSPC), true},
	{KVM_ENABLE_CAP, ARG | B(E2BIG) | B(EBUSY) | B(EEXIST), false},
	{KVM_SET_USER_MEMORY_REGION, ARG | B(EEXIST) | B(ENOMEM), false},
	{KVM_SET_USER_MEMORY_REGION2, ARG | B(EEXIST) | B(ENOMEM), false},
	{KVM_GET_DIRTY_LOG, ARG | B(ENOENT) | B(ENXIO), false},
	{KVM_CLEAR_DIRTY_LOG, ARG | B(ENOENT) | B(ENXIO) | B(ENOMEM), false},
	{KVM_RESET_DIRTY_RINGS, 0, true},
	{KVM_REGISTER_COALESCED_MMIO, ARG | B(ENOMEM) | B(ENOSPC), false},
	{KVM_UNREGISTER_COALESCED_MMIO, ARG | B(ENOMEM), false},
	{KVM_IRQFD, ARG | FD | B(EAGAIN) | B(EBADF) | B(EBUSY), false},
	{KVM_IOEVENTFD, ARG | FD | B(EBADF) | B(EEXIST) | B(ENOENT) | B(ENOSPC),
	 false},
	{KVM_SIGNAL_MSI, ARG | B(EBUSY) | B(ENODEV) | B(ENOMEM) | B(ENXIO),
	 true},
	{KVM_IRQ_LINE, ARG | B(EBUSY) | B(ENOMEM) | B(ENXIO), false},
	{KVM_IRQ_LINE_STATUS, ARG | B(EBUSY) | B(ENOMEM) | B(ENXIO), false},
	{KVM_SET_GSI_ROUTING, ARG | B(ENOMEM), false},
	{KVM_CREATE_IRQCHIP,
	 B(E2BIG) | B(EBUSY) | B(EEXIST) | B(ENODEV) | B(ENXIO) | B(ENOMEM),
	 false},
	{KVM_CREATE_DEVICE,
	 ARG | FD | B(E2BIG) | B(EBUSY) | B(EEXIST) | B(ENODEV), false},
	{KVM_ARM_SET_DEVICE_ADDR, /* and KVM_GET_ONE_REG */
	 ARG | B(E2BIG) | B(EEXIST) | B(ENODEV) | B(ENXIO) | B(ENOEXEC) |
		 B(ENOENT) | B(EPERM),
	 false},
	{KVM_SET_ONE_REG,
	 ARG | B(ENOEXEC) | B(ENOENT) | B(EPERM) | B(EBUSY) | B(ENOMEM) |
		 B(E2BIG),
	 false},
	{KVM_ARM_MTE_COPY_TAGS, ARG | B(EBUSY), true},
	{KVM_ARM_SET_COUNTER_OFFSET, ARG | B(EBUSY), false},
	{KVM_ARM_VCPU_INIT, ARG | B(ENODEV) | B(ENOENT) | B(ENOMEM), false},
	{KVM_ARM_VCPU_FINALIZE, ARG | B(ENOEXEC) | B(ENOMEM) | B(EPERM), false},
	{KVM_GET_REG_LIST, ARG | B(E2BIG) | B(ENOEXEC) | B(EPERM), false},
	{KVM_GET_VCPU_EVENTS, ARG | B(ENOEXEC), false},
	{KVM_SET_VCPU_EVENTS, ARG | B(ENOEXEC), false},
	{KVM_SET_DEVICE_ATTR, ATTR, false},
	{KVM_GET_DEVICE_ATTR, ATTR, false},
	{KVM_HAS_DEVICE_ATTR, ATTR, false},
	{KVM_SET_DEVICE_ATTR_DRAFT, ATTR, false},
	{KVM_SET_DEVICE_ATTR_DRAFT_ADDR, ATTR, false},
	/* KVM_RUN: first-run checks of VGIC and timers, then the loop's. */
	{KVM_RUN,
	 ARG | B(EINTR) | B(ENOEXEC) | B(ENXIO) | B(EEXIST) | B(EBUSY) |
		 B(ENODEV) | B(ENOMEM) | B(E2BIG),
	 false},
	{KVM_GET_REGS, ARG | B(ENOMEM), false},
	{KVM_GET_SREGS, ARG | B(ENOMEM), false},
	{KVM_GET_FPU, ARG | B(ENOMEM), false},
};

bool fuzz_answer_ok(enum kobj_kind kind, unsigned int cmd, long ret)
{
	uint64_t errnos = B(EINVAL) | B(EFAULT);
	bool positive = false;

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		if (answers[i].cmd != cmd)
			continue;
		errnos = answers[i].errnos | B(EINVAL);
		positive = answers[i].positive;
	}
	if (ret >= 0)
		return !ret || positive;
	if (ret == -ENOSYS) /* an access without syndrome */
		return kind == KOBJ_VCPU && cmd == KVM_RUN;
	if (ret == -ENOTTY)
		return kind == KOBJ_DEVICE || kind == KOBJ_STATS;
	if (ret == -EIO)
		return kind != KOBJ_SYSTEM;
	return ret > -64 && errnos >> -ret & 1;
}
