/* SPDX-License-Identifier: MIT */
/*
 * GICv3 CPU interface: the ICC_* system registers of a guest (ICV_* in the
 * specification, IHI 0069 chapter 12.2) and their userspace form,
 * KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS. 5 priority and preemption bits, 24-bit
 * INTIDs, A3V, no SEIs: what Linux offers a guest on QEMU's "virt" host.
 *
 * A register is a row of base/icc-regs.def, found by its encoding without a
 * search: this is the hottest path of the GIC. gic->lock is held in the rows.
 */
#include <errno.h>

#include "base/log.h"
#include "base/refuse.h"
#include "base/sysreg-enc.h"
#include "gic/gic-internal.h"

#define ICC_CTLR_CBPR    BIT(0)
#define ICC_CTLR_EOIMODE BIT(1)
#define ICC_CTLR_SEIS    BIT(14)
#define ICC_CTLR_A3V     BIT(15)
#define ICC_ID_BITS      1 /* 24 bits */
#define ICC_SRE_VALUE    7 /* DIB, DFB, SRE */

struct icc_call {
	struct gic *gic;
	struct gic_vcpu *v;
	int acked;
};

struct icc_reg {
	uint32_t enc;
	uint8_t bits; /* priority bits it takes */
	const char *name;
	/* The guest's; NULL: UNDEFINED. */
	uint64_t (*read)(struct icc_call *c);
	void (*write)(struct icc_call *c, uint64_t val);
	/* Userspace's; NULL: ENOENT. */
	uint64_t (*uread)(struct gic_vcpu *v);
	int (*uwrite)(struct gic_vcpu *v, uint64_t val);
};

static uint64_t read_iar0(struct icc_call *c)
{
	return gic_cpu_acknowledge(c->gic, c->v, 0);
}

static uint64_t read_iar1(struct icc_call *c)
{
	return gic_cpu_acknowledge(c->gic, c->v, 1);
}

static uint64_t read_hppir0(struct icc_call *c)
{
	return gic_cpu_highest(c->gic, c->v, 0);
}

static uint64_t read_hppir1(struct icc_call *c)
{
	return gic_cpu_highest(c->gic, c->v, 1);
}

static void write_eoir0(struct icc_call *c, uint64_t val)
{
	c->acked = gic_cpu_eoi(c->gic, c->v, val, 0);
}

static void write_eoir1(struct icc_call *c, uint64_t val)
{
	c->acked = gic_cpu_eoi(c->gic, c->v, val, 1);
}

static void write_dir(struct icc_call *c, uint64_t val)
{
	c->acked = gic_cpu_deactivate(c->gic, c->v, val & 0xffffff);
}

static uint64_t read_rpr(struct icc_call *c)
{
	return gic_cpu_running(c->v);
}

static uint64_t read_pmr(struct icc_call *c)
{
	return c->v->pmr;
}

static void write_pmr(struct icc_call *c, uint64_t val)
{
	c->v->pmr = val & GIC_PRI_MASK;
	gic_pins_update(c->gic, c->v);
}

static uint64_t uread_pmr(struct gic_vcpu *v)
{
	return v->pmr;
}

/* All 8 bits, which the guest then sees: only its own writes are cut. */
static int uwrite_pmr(struct gic_vcpu *v, uint64_t val)
{
	v->pmr = val;
	return 0;
}

static uint64_t read_bpr0(struct icc_call *c)
{
	return c->v->bpr0;
}

static void write_bpr0(struct icc_call *c, uint64_t val)
{
	val &= 7;
	c->v->bpr0 = val < GIC_BPR0_MIN ? GIC_BPR0_MIN : val;
	gic_pins_update(c->gic, c->v);
}

static uint64_t uread_bpr0(struct gic_vcpu *v)
{
	return v->bpr0;
}

static int uwrite_bpr0(struct gic_vcpu *v, uint64_t val)
{
	v->bpr0 = val & 7;
	v->run.raw = true;
	return 0;
}

static uint64_t read_bpr1(struct icc_call *c)
{
	return gic_cpu_bpr1(c->v);
}

static void write_bpr1(struct icc_call *c, uint64_t val)
{
	if (c->v->cbpr)
		return;
	val &= 7;
	c->v->bpr1 = val < GIC_BPR1_MIN ? GIC_BPR1_MIN : val;
	gic_pins_update(c->gic, c->v);
}

static uint64_t uread_bpr1(struct gic_vcpu *v)
{
	if (!v->cbpr)
		return v->bpr1;
	return v->bpr0 < 7 ? v->bpr0 + 1 : 7;
}

static int uwrite_bpr1(struct gic_vcpu *v, uint64_t val)
{
	if (v->cbpr)
		return 0;
	v->bpr1 = val & 7;
	v->run.raw = true;
	return 0;
}

static uint64_t read_ap0r0(struct icc_call *c)
{
	return c->v->ap0r;
}

static void write_ap0r0(struct icc_call *c, uint64_t val)
{
	c->v->ap0r = val;
	gic_pins_update(c->gic, c->v);
}

static uint64_t uread_ap0r0(struct gic_vcpu *v)
{
	return v->ap0r;
}

static int uwrite_ap0r0(struct gic_vcpu *v, uint64_t val)
{
	v->ap0r = val;
	return 0;
}

static uint64_t read_ap1r0(struct icc_call *c)
{
	return c->v->ap1r;
}

static void write_ap1r0(struct icc_call *c, uint64_t val)
{
	c->v->ap1r = val;
	gic_pins_update(c->gic, c->v);
}

static uint64_t uread_ap1r0(struct gic_vcpu *v)
{
	return v->ap1r;
}

static int uwrite_ap1r0(struct gic_vcpu *v, uint64_t val)
{
	v->ap1r = val;
	return 0;
}

static uint64_t ctlr_value(const struct gic_vcpu *v, unsigned int pri_bits,
			   unsigned int id_bits)
{
	return (v->cbpr ? ICC_CTLR_CBPR : 0) |
	       (v->eoimode ? ICC_CTLR_EOIMODE : 0) |
	       (uint64_t)(pri_bits - 1) << 8 | (uint64_t)id_bits << 11 |
	       ICC_CTLR_A3V;
}

static uint64_t read_ctlr(struct icc_call *c)
{
	return ctlr_value(c->v, GIC_PRI_BITS, ICC_ID_BITS);
}

static void write_ctlr(struct icc_call *c, uint64_t val)
{
	c->v->cbpr = val & ICC_CTLR_CBPR;
	c->v->eoimode = val & ICC_CTLR_EOIMODE;
	gic_pins_update(c->gic, c->v);
}

static uint64_t uread_ctlr(struct gic_vcpu *v)
{
	return ctlr_value(v, v->pri_bits, v->id_bits);
}

/* Narrower than the host is taken (and stays), wider is not. */
static int uwrite_ctlr(struct gic_vcpu *v, uint64_t val)
{
	unsigned int pri_bits = FIELD(val, 10, 8) + 1;
	unsigned int id_bits = FIELD(val, 13, 11);

	if (pri_bits > v->pri_bits)
		return refuse(EINVAL, FKVM_ICC_CTLR,
			      "%u priority bits, the host has %u", pri_bits,
			      v->pri_bits);
	v->pri_bits = pri_bits;
	if (id_bits > v->id_bits)
		return refuse(EINVAL, FKVM_ICC_CTLR,
			      "IDbits %u, the host has %u", id_bits,
			      v->id_bits);
	v->id_bits = id_bits;
	if ((val & (ICC_CTLR_SEIS | ICC_CTLR_A3V)) != ICC_CTLR_A3V)
		return refuse(EINVAL, FKVM_ICC_CTLR,
			      "SEIS or A3V differ from the host's");
	v->cbpr = val & ICC_CTLR_CBPR;
	v->eoimode = val & ICC_CTLR_EOIMODE;
	return 0;
}

void gic_cpu_user_ctlr(struct gic_vcpu *v)
{
	v->pri_bits = GIC_PRI_BITS;
	v->id_bits = ICC_ID_BITS;
}

static uint64_t read_sre(struct icc_call *c)
{
	return ICC_SRE_VALUE;
}

static void write_sre(struct icc_call *c, uint64_t val)
{
}

static uint64_t uread_sre(struct gic_vcpu *v)
{
	return ICC_SRE_VALUE;
}

static int uwrite_sre(struct gic_vcpu *v, uint64_t val)
{
	if (val & 1)
		return 0;
	return refuse(EINVAL, FKVM_ICC_SRE,
		      "SRE can't be 0: the VM has a GICv3");
}

static uint64_t read_igrpen0(struct icc_call *c)
{
	return c->v->en0;
}

static void write_igrpen0(struct icc_call *c, uint64_t val)
{
	c->v->en0 = val & 1;
	gic_pins_update(c->gic, c->v);
}

static uint64_t uread_igrpen0(struct gic_vcpu *v)
{
	return v->en0;
}

static int uwrite_igrpen0(struct gic_vcpu *v, uint64_t val)
{
	v->en0 = val & 1;
	return 0;
}

static uint64_t read_igrpen1(struct icc_call *c)
{
	return c->v->en1;
}

static void write_igrpen1(struct icc_call *c, uint64_t val)
{
	c->v->en1 = val & 1;
	gic_pins_update(c->gic, c->v);
}

static uint64_t uread_igrpen1(struct gic_vcpu *v)
{
	return v->en1;
}

static int uwrite_igrpen1(struct gic_vcpu *v, uint64_t val)
{
	v->en1 = val & 1;
	return 0;
}

/* @late: what its targets wait for each other, where time is counted. */
static void sgi_send(struct icc_call *c, struct gic_vcpu *to, unsigned int id,
		     bool group1, uint64_t *late)
{
	struct gic_irq *irq = &to->priv[id];

	/* Only ICC_SGI1R_EL1 may make a group 1 SGI pending. */
	if (irq->group && !group1)
		return;
	gic_step(c->gic, c->v->index, IRQ_STEP_SGI, irq->intid);
	if (unlikely(c->gic->counted))
		irq->late = *late += c->gic->costs[GIC_COST_SGI_TARGET];
	irq->latch = true;
	gic_irq_event(c->gic, irq);
}

static void sgi_generate(struct icc_call *c, uint64_t val, bool group1)
{
	unsigned int id = FIELD(val, 27, 24), i;
	uint64_t aff, list = FIELD(val, 15, 0);
	uint64_t late = 0;

	/* Linux traps these writes. */
	gic_vcpu_exited(c->v);
	if (val & BIT(40)) { /* IRM: everybody else */
		unsigned int online = gic_online_vcpus(c->gic);

		for (i = 0; i < online; i++)
			if (c->gic->vcpus[i] != c->v)
				sgi_send(c, c->gic->vcpus[i], id, group1,
					 &late);
		return;
	}
	/* The range selector is ignored: ICC_CTLR_EL1.RSS is 0. */
	aff = FIELD(val, 55, 48) << 32 | FIELD(val, 39, 32) << 16 |
	      FIELD(val, 23, 16) << 8;
	for (; list; list &= list - 1) {
		struct gic_vcpu *to;

		to = gic_vcpu_by_aff(c->gic, aff | __builtin_ctzll(list));
		if (to)
			sgi_send(c, to, id, group1, &late);
	}
}

static void write_sgi1r(struct icc_call *c, uint64_t val)
{
	sgi_generate(c, val, true);
}

/* ICC_ASGI1R_EL1 and ICC_SGI0R_EL1: with one security state the same. */
static void write_sgi0r(struct icc_call *c, uint64_t val)
{
	sgi_generate(c, val, false);
}

/* CRm 6 is free where CRn is 12: these two fields find the row. */
#define ICC_SLOT(crm, op2) ((crm) << 3 | (op2))
#define ICC_ROW(name, crn, crm, op2, bits, ...)                               \
	[ICC_SLOT(crm, op2)] = {SYSREG_ENC(3, 0, crn, crm, op2), bits, #name, \
				__VA_ARGS__},
#define ICC_CRN4(name, crm, op2, access, ...) \
	ICC_ROW(name, 4, crm, op2, __VA_ARGS__)
#define ICC_CRN12(name, crm, op2, access, ...) \
	ICC_ROW(name, 12, crm, op2, __VA_ARGS__)

static const struct icc_reg icc_rows[128] = {
#include "base/icc-regs.def"
};

static const struct icc_reg *icc_find(uint32_t enc)
{
	const struct icc_reg *r = &icc_rows[enc & 127];

	return r->enc == enc ? r : NULL;
}

/* NULL: UNDEFINED for this VM. */
static struct gic_vcpu *icc_vcpu(struct gic *gic, unsigned int index)
{
	if (gic->model != 3 || !gic->initialised || index >= GIC_MAX_VCPUS)
		return NULL;
	return gic->vcpus[index];
}

bool gic_icc_read(struct gic *gic, unsigned int index, uint32_t enc,
		  uint64_t *val)
{
	const struct icc_reg *r = icc_find(enc);
	struct icc_call c = {gic, icc_vcpu(gic, index), -1};

	if (!r || !r->read || !c.v)
		return false;
	gic_lock(gic);
	gic_step(gic, index, IRQ_STEP_SYSREG_READ, IRQ_NONE);
	*val = r->read(&c);
	gic_unlock(gic);
	return true;
}

bool gic_icc_write(struct gic *gic, unsigned int index, uint32_t enc,
		   uint64_t val)
{
	const struct icc_reg *r = icc_find(enc);
	struct icc_call c = {gic, icc_vcpu(gic, index), -1};

	if (!r || !r->write || !c.v)
		return false;
	gic_lock(gic);
	gic_step(gic, index, IRQ_STEP_SYSREG_WRITE, IRQ_NONE);
	r->write(&c, val);
	gic_unlock(gic);
	if (c.acked >= 0)
		gic->vm->ops->irq_acked(gic->vm, c.acked);
	return true;
}

static bool icc_absent(const struct icc_reg *r)
{
	return r->bits > GIC_PRI_BITS;
}

bool gic_icc_has(uint32_t enc)
{
	const struct icc_reg *r = icc_find(enc);

	return r && (r->uread || icc_absent(r));
}

const char *gic_icc_name(uint32_t enc)
{
	const struct icc_reg *r = icc_find(enc);

	return r ? r->name : NULL;
}

int gic_icc_user(struct gic *gic, struct gic_vcpu *v, uint32_t enc, bool write,
		 uint64_t *val)
{
	const struct icc_reg *r = icc_find(enc);
	int ret = 0;

	if (!r || !r->name)
		return refuse(ENOENT, FKVM_ICC_ENCODING,
			      "encoding %#x is no ICC register", enc);
	if (icc_absent(r))
		return refuse(EINVAL, FKVM_ICC_ABSENT, "this host has no %s",
			      r->name);
	if (!r->uread)
		return refuse(ENOENT, FKVM_ICC_ENCODING,
			      "the VMM does not see %s", r->name);
	gic_lock(gic);
	if (write)
		ret = refused_within(r->uwrite(v, *val), "%s", r->name);
	else
		*val = r->uread(v);
	if (write)
		gic_pins_update(gic, v);
	gic_unlock(gic);
	return ret;
}
