/* SPDX-License-Identifier: MIT */
/*
 * Accesses to an MPIC's registers on their way to a row: by the guest with
 * whatever width and alignment it chooses, by userspace with 32 bits. Both run
 * the same code, as in Linux. The guest is big-endian.
 *
 * Locks: each function takes what it needs; mpic-internal.h has the order.
 */
#include <errno.h>

#include "base/log.h"
#include "base/refuse.h"
#include "mpic/mpic-internal.h"

static const struct mpic_block *block_at(uint64_t off)
{
	for (unsigned int i = 0; i < mpic_nr_blocks; i++)
		if (off - mpic_blocks[i].off < mpic_blocks[i].size)
			return &mpic_blocks[i];
	return NULL;
}

/* The row of @b for the access; NULL: there is no register. */
static const struct mmio_reg *row_at(const struct mpic_block *b, uint32_t off,
				     struct mmio_access *a)
{
	const struct mmio_reg *r = NULL;

	if (b->regs && mmio_regs_enter(b->regs, off, a))
		r = mmio_reg_find(b->regs, a);
	if (unlikely(!r && !a->user))
		log_debug("MPIC: no row for a guest's access at %#x", off);
	return r;
}

/* @len bytes at @off. What is no whole register has none of a register's
 * effects, even if some bytes of one are in it. */
static struct mpic_access access_begin(struct mpic *m, int vcpu,
				       unsigned int len)
{
	return (struct mpic_access){
		.m = {.len = len,
		      .user = vcpu < 0,
		      .bank = vcpu < 0 ? MPIC_NR_CPUS : mpic_cpu_of(m, vcpu)},
		.mpic = m,
		.ended = -1,
	};
}

static int read_reg(struct mpic *m, int vcpu, uint64_t off, uint32_t *val)
{
	const struct mpic_block *b = block_at(off);
	struct mpic_access a = access_begin(m, vcpu, 4);
	const struct mmio_reg *r;
	uint64_t reg;
	int ret;

	if (!b)
		return refuse(ENXIO, FKVM_MPIC_REG,
			      "an MPIC has nothing at %#lx", off);
	r = row_at(b, off, &a.m);
	if (r) {
		ret = mmio_reg_uread(r, &a.m, &reg);
		*val = reg;
		return ret;
	}
	if (b->sparse && !IS_ALIGNED(off, 16))
		return refuse(ENXIO, FKVM_MPIC_REG, "%#lx isn't aligned to 16",
			      off);
	*val = b->zero ? 0 : MPIC_UNTOUCHED;
	return 0;
}

int mpic_read_reg(struct mpic *m, int vcpu, uint64_t off, uint32_t *val)
{
	int ret;

	mpic_lock(m);
	ret = read_reg(m, vcpu, off, val);
	mpic_unlock(m);
	return ret;
}

static int write_reg(struct mpic *m, uint64_t off, uint32_t val,
		     struct mpic_access *a)
{
	const struct mpic_block *b = block_at(off);
	const struct mmio_reg *r;

	if (!b)
		return refuse(ENXIO, FKVM_MPIC_REG,
			      "an MPIC has nothing at %#lx", off);
	r = row_at(b, off, &a->m);
	return r ? mmio_reg_uwrite(r, &a->m, val) : 0;
}

int mpic_write_reg(struct mpic *m, int vcpu, uint64_t off, uint32_t val)
{
	struct mpic_access a;
	int ret;

	mpic_lock(m);
	a = access_begin(m, vcpu, 4);
	ret = write_reg(m, off, val, &a);
	mpic_unlock(m);
	/* IPIs have no pin that anybody could wait for. */
	if (a.ended >= 0 && a.ended < (int)MPIC_NR_PINS)
		m->vm->ops->irq_acked(m->vm, a.ended);
	return ret;
}

bool mpic_frame_read(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		     unsigned int len, uint64_t *val)
{
	struct mpic *m = container_of(f, struct mpic, frame);
	uint32_t reg;

	mpic_step(m, (int)vcpu, IRQ_STEP_MMIO_READ, IRQ_NONE, true);
	if (!IS_ALIGNED(off, len))
		return false;
	/* Widths are judged when the register was read. */
	if (mpic_read_reg(m, (int)vcpu, off, &reg) || (len != 4 && len != 1))
		return false;
	*val = len == 4 ? reg : reg >> (3 - (off & 3)) * 8 & 0xff;
	return true;
}

bool mpic_frame_write(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		      unsigned int len, uint64_t val)
{
	struct mpic *m = container_of(f, struct mpic, frame);

	mpic_step(m, (int)vcpu, IRQ_STEP_MMIO_WRITE, IRQ_NONE, true);
	if (len != 4 || !IS_ALIGNED(off, 4))
		return false;
	return !mpic_write_reg(m, (int)vcpu, off, val);
}
