/* SPDX-License-Identifier: MIT */
/*
 * The Interrupt Translation Service: its frame (GITS_*, IHI 0069 chapter
 * 12.19) and MSIs on their way to an LPI.
 *
 * Locks: its->cmd_lock around the queue registers, its->lock around the
 * mappings, gic->lock around LPIs; taken in this order.
 */
#include <errno.h>

#include "base/log.h"
#include "base/refuse.h"
#include "base/warn.h"
#include "gic/its-internal.h"

#define GITS_CTLR_ENABLE    BIT(0)
#define GITS_CTLR_QUIESCENT BIT(31)
#define GITS_TYPER_VALUE                                          \
	(BIT(0) /* physical LPIs */ | (ITS_ENTRY_SIZE - 1) << 4 | \
	 (ITS_EVENT_BITS - 1) << 8 | (ITS_DEVICE_BITS - 1) << 13)
#define GITS_BASER_RO (GENMASK(52, 48) | GENMASK(58, 56))
#define ITS_CMD_SIZE  32u

static uint64_t its_queue_size(const struct its *its)
{
	return ((its->cbaser & 0xff) + 1) << 12;
}

/* Registers. What needs cmd_lock takes it. */

/* Linux: commands run when CWRITER is written or the ITS is enabled, on the
 * vCPU that did it. its->cmd_lock is held. */
static void its_run_commands(struct its *its, struct gic_vcpu *actor)
{
	struct device_vm *vm = its->gic->vm;
	gpa_t queue = its->cbaser & GENMASK(51, 12);
	uint64_t cmd[4];

	if (!its->enabled)
		return;
	while (its->cwriter != its->creadr) {
		bool there = !vm->ops->mem_read(vm, queue + its->creadr, cmd,
						sizeof(cmd));

		if (actor && gic_heard(its->gic))
			gic_step_cycles(
				its->gic, actor->index, IRQ_STEP_ITS_COMMAND,
				IRQ_NONE,
				its_command_cycles(its,
						   there ? cmd[0] & 0xff : 0));
		if (there)
			its_command(its, cmd);
		else
			log_info("ITS: a command outside guest memory");
		its->creadr += ITS_CMD_SIZE;
		if (its->creadr == its_queue_size(its))
			its->creadr = 0;
	}
}

static uint64_t gits_read_ctlr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	struct its *its = a->its;
	uint64_t val;

	pthread_mutex_lock(&its->cmd_lock);
	val = (its->creadr == its->cwriter ? GITS_CTLR_QUIESCENT : 0) |
	      (its->enabled ? GITS_CTLR_ENABLE : 0);
	pthread_mutex_unlock(&its->cmd_lock);
	return val;
}

/* Linux looks at a table when a command needs it. */
static void warn_of_table(struct its *its, const char *name, gpa_t base,
			  uint64_t size)
{
	struct device_vm *vm = its->gic->vm;
	uint64_t word;

	if (vm->ops->mem_read(vm, base, &word, sizeof(word)) ||
	    vm->ops->mem_read(vm, base + size - sizeof(word), &word,
			      sizeof(word)))
		warn_once(&vm->warned, FKVM_ITS_MEMORY,
			  "ITS: enabled with its %s at %#lx+%#lx, which is not "
			  "in memory",
			  name, base, size);
}

static void warn_of_tables(struct its *its)
{
	warn_of_table(its, "command queue", (its->cbaser & GENMASK(51, 12)),
		      its_queue_size(its));
	warn_of_table(its, "device table", its_baser_addr(its->baser_device),
		      its_baser_size(its->baser_device));
	warn_of_table(its, "collection table",
		      its_baser_addr(its->baser_collection),
		      its_baser_size(its->baser_collection));
}

static void gits_write_ctlr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct its *its = a->its;
	bool enable = val & GITS_CTLR_ENABLE;

	pthread_mutex_lock(&its->cmd_lock);
	if (enable && !its->enabled &&
	    !(its->baser_device & its->baser_collection & its->cbaser &
	      GITS_VALID)) {
		log_info("ITS: enabled without valid BASERs and CBASER");
	} else {
		if (enable && !its->enabled && warnings_wanted())
			warn_of_tables(its);
		its->enabled = enable;
		if (!enable)
			its_forget_cache(its);
		its_run_commands(its, a->actor);
	}
	pthread_mutex_unlock(&its->cmd_lock);
}

static uint64_t gits_read_iidr(struct mmio_access *m)
{
	return GIC_PRODUCT_KVM << 24 | GIC_IMPLEMENTER;
}

/* The revision chooses the tables' layout; there is one, 0. */
static int gits_uwrite_iidr(struct mmio_access *m, uint64_t val)
{
	if (!FIELD(val, 15, 12))
		return 0;
	return refuse(EINVAL, FKVM_ITS_IIDR,
		      "GITS_IIDR: unknown table revision %u",
		      (unsigned)FIELD(val, 15, 12));
}

static uint64_t gits_read_typer(struct mmio_access *m)
{
	return gic_extract(GITS_TYPER_VALUE, m->off, m->len);
}

static uint64_t queue_read(struct gic_access *a, const _Atomic uint64_t *reg)
{
	return gic_extract(*reg, a->m.off, a->m.len);
}

static uint64_t gits_read_cbaser(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return queue_read(a, &a->its->cbaser);
}

static void gits_write_cbaser(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct its *its = a->its;
	uint64_t reg;

	if (its->enabled)
		return;
	pthread_mutex_lock(&its->cmd_lock);
	reg = gic_insert(its->cbaser, m->off, m->len, val);
	reg = gic_sanitise_cache(reg, 10, 59, 53);
	its->cbaser = reg & ~GENMASK(15, 12); /* 64K aligned */
	its->creadr = 0;
	its->cwriter = 0;
	pthread_mutex_unlock(&its->cmd_lock);
}

static uint64_t gits_read_cwriter(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return queue_read(a, &a->its->cwriter);
}

static void gits_write_cwriter(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct its *its = a->its;
	uint64_t reg;

	pthread_mutex_lock(&its->cmd_lock);
	reg = gic_insert(its->cwriter, m->off, m->len, val) & GENMASK(19, 5);
	if (reg < its_queue_size(its)) {
		its->cwriter = reg;
		its_run_commands(its, a->actor);
	}
	pthread_mutex_unlock(&its->cmd_lock);
}

static uint64_t gits_read_creadr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return queue_read(a, &a->its->creadr);
}

static int gits_uwrite_creadr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct its *its = a->its;
	uint32_t off = val & GENMASK(19, 5);
	int ret = 0;

	pthread_mutex_lock(&its->cmd_lock);
	if (its->enabled) {
		ret = refuse(EBUSY, FKVM_ITS_CREADR,
			     "GITS_CREADR: the ITS is enabled");
	} else if (off >= its_queue_size(its)) {
		ret = refuse(EINVAL, FKVM_ITS_CREADR,
			     "GITS_CREADR: %#x is beyond the queue, %#lx", off,
			     its_queue_size(its));
	} else {
		its->creadr = off;
	}
	pthread_mutex_unlock(&its->cmd_lock);
	return ret;
}

static uint64_t gits_read_baser(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	uint64_t val = 0;

	switch ((m->off & 0x38) >> 3) {
	case 0: val = a->its->baser_device; break;
	case 1: val = a->its->baser_collection; break;
	}
	return gic_extract(val, m->off, m->len);
}

static void gits_write_baser(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	unsigned int n = (m->off & 0x38) >> 3;
	struct its *its = a->its;
	_Atomic uint64_t *reg = n ? &its->baser_collection : &its->baser_device;
	uint64_t new;

	if (n > 1 || its->enabled)
		return;
	its_lock(its);
	new = gic_insert(*reg, m->off, m->len, val) & ~GITS_BASER_RO;
	if (n) /* collections have no second level */
		new &= ~GITS_BASER_INDIRECT;
	new |= its_baser_fixed(n ? ITS_TYPE_COLLECTION : ITS_TYPE_DEVICE);
	new = gic_sanitise_cache(new, 10, 59, 53);
	new = (new & ~GENMASK(9, 8)) | UINT64_C(2) << 8; /* 64K pages */
	if (new != *reg) {
		gic_lock(its->gic);
		*reg = new;
		gic_unlock(its->gic);
		if (n)
			its_collections_clear(its);
		else
			its_devices_clear(its);
		its_forget_cache(its);
	}
	its_unlock(its);
}

static uint64_t gits_read_id(struct mmio_access *m)
{
	switch (m->off) {
	case 0xffe0: return 0x92; /* PIDR0 */
	case 0xffe4: return 0xb4; /* PIDR1 */
	case 0xffe8: return 0x3b; /* PIDR2: GICv3 */
	case 0xffd0: return 0x40; /* PIDR4: 64K */
	case 0xfff0: return 0x0d; /* CIDR0-3 */
	case 0xfff4: return 0xf0;
	case 0xfff8: return 0x05;
	case 0xfffc: return 0xb1;
	default: return 0;
	}
}

/* clang-format off */
static const struct mmio_reg gits_rows[] = {
	/* offset, bytes, -, access; guest read, write; userspace read,
	 * write (NULL: as the guest); name */
	{ 0x0000, 4, 0, MMIO_W32, gits_read_ctlr, gits_write_ctlr,
	  .name = "GITS_CTLR" },
	{ 0x0004, 4, 0, MMIO_W32, gits_read_iidr, gic_write_wi,
	  .uwrite = gits_uwrite_iidr, .name = "GITS_IIDR" },
	{ 0x0008, 8, 0, MMIO_W64 | MMIO_W32, gits_read_typer, gic_write_wi,
	  .name = "GITS_TYPER" },
	{ 0x0080, 8, 0, MMIO_W64 | MMIO_W32, gits_read_cbaser, gits_write_cbaser,
	  .name = "GITS_CBASER" },
	{ 0x0088, 8, 0, MMIO_W64 | MMIO_W32, gits_read_cwriter,
	  gits_write_cwriter, .name = "GITS_CWRITER" },
	{ 0x0090, 8, 0, MMIO_W64 | MMIO_W32, gits_read_creadr, gic_write_wi,
	  .uwrite = gits_uwrite_creadr, .name = "GITS_CREADR" },
	{ 0x0100, 0x40, 0, MMIO_W64 | MMIO_W32, gits_read_baser,
	  gits_write_baser, .name = "GITS_BASER" },
	{ 0xffd0, 0x30, 0, MMIO_W32, gits_read_id, gic_write_wi,
	  .name = "GITS_IDREGS" },
};
/* clang-format on */

const struct mmio_regs its_regs = {
	.name = "GITS",
	.row = gits_rows,
	.nr = ARRAY_SIZE(gits_rows),
};

/*
 * The translation page holds no register for a CPU: as in Linux a vCPU's own
 * store to GITS_TRANSLATER has no device id and is ignored. MSIs of devices
 * come through gic_msi().
 */
static struct gic_access frame_access(struct mmio_frame *f, unsigned int vcpu,
				      uint64_t off, unsigned int len)
{
	struct its *its = container_of(f, struct its, frame);
	struct gic_vcpu *v = its->gic->vcpus[vcpu];

	gic_vcpu_exited(v);
	return (struct gic_access){
		.m = {.off = off, .len = len},
		.gic = its->gic,
		.vcpu = v,
		.actor = v,
		.its = its,
		.acked = -1,
	};
}

bool its_frame_read(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		    unsigned int len, uint64_t *val)
{
	struct gic_access a = frame_access(f, vcpu, off, len);

	gic_step(a.gic, vcpu, IRQ_STEP_MMIO_READ, IRQ_NONE);
	if (!mmio_regs_read(&its_regs, &a.m, val))
		*val = 0;
	return true;
}

bool its_frame_write(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		     unsigned int len, uint64_t val)
{
	struct gic_access a = frame_access(f, vcpu, off, len);

	gic_step(a.gic, vcpu, IRQ_STEP_MMIO_WRITE, IRQ_NONE);
	mmio_regs_write(&its_regs, &a.m, val);
	return true;
}

/* MSIs */

void its_forget_translations(struct gic *gic)
{
	struct its *its;

	for (its = gic->itses; its; its = its->next)
		its_forget_cache(its);
}

static struct its *its_at(struct gic *gic, gpa_t addr)
{
	struct its *its;

	for (its = gic->itses; its; its = its->next)
		if (its->on_bus && addr - its->base < GIC_ITS_SIZE)
			return its;
	return NULL;
}

/* Linux tries translations made before ahead of all other checks, and in spite
 * of a command that waits for memory. */
static bool its_trigger_cached(struct its *its, uint32_t devid, uint32_t event)
{
	struct its_device *d;
	struct its_event *e;
	bool hit;

	gic_lock(its->gic);
	d = its_device_find(its, devid);
	e = its_event_find(d, event);
	hit = e && e->cached == its->cache_gen;
	if (hit)
		its_pend(its, d, e);
	gic_unlock(its->gic);
	return hit;
}

int gic_msi(struct gic *gic, const struct irqchip_msi *msi)
{
	struct its *its = its_at(gic, msi->doorbell);
	int ret;

	if (!gic->model)
		return refuse(EINVAL, FKVM_MSI_GIC, "the VM has no GIC");
	if (its && its_trigger_cached(its, msi->devid, msi->data))
		return 1;
	if (gic->model != 3 || !gic->has_its)
		return refuse(ENODEV, FKVM_MSI_ITS, "the VM has no ITS");
	if (!msi->has_devid)
		return refuse(EINVAL, FKVM_MSI_DEVID,
			      "KVM_MSI_VALID_DEVID is not set");
	if (!its)
		return refuse(EINVAL, FKVM_MSI_DOORBELL, "no ITS at %#lx",
			      msi->doorbell);
	if (!msi->later)
		its_lock(its);
	else if (!its_lock_or_leave(its, msi->devid, msi->data))
		return 1;
	ret = its_trigger(its, msi->devid, msi->data);
	its_unlock(its);
	if (ret < 0)
		return ret;
	return ret ? 0 : 1;
}
