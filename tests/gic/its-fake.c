/* SPDX-License-Identifier: MIT */
/* An ITS of a fake VM, its tables in the fake guest memory, and its commands. */
#include "its-fake.h"

uint64_t its_reg(struct fake_vm *f, unsigned int off)
{
	return mmio_rd(f, 0, FAKE_ITS + off, off < 8 ? 4 : 8);
}

void its_reg_w(struct fake_vm *f, unsigned int off, uint64_t val)
{
	mmio_wr(f, 0, FAKE_ITS + off, off < 8 ? 4 : 8, val);
}

/* Set up as a guest's driver does; commands go to a queue of 4 KiB. */
struct fake_vm *its_new(unsigned int vcpus)
{
	struct fake_vm *f = fake_v3_its(vcpus);
	unsigned int v;

	its_reg_w(f, GITS_BASER, VALID | DEVICES);
	its_reg_w(f, GITS_BASER + 8, VALID | COLLECTIONS);
	its_reg_w(f, GITS_CBASER, VALID | QUEUE);
	its_reg_w(f, GITS_CTLR, 1);
	ck_assert_uint_eq(its_reg(f, GITS_CTLR), 0x80000001);
	for (v = 0; v < vcpus; v++) {
		mmio_wr(f, 0, REDIST(v) + GICR_PROPBASER, 8, PROPS | 15);
		mmio_wr(f, 0, REDIST(v) + GICR_PENDBASER, 8, PENDING(v));
		GICR_W(f, v, GICR_CTLR, 1);
		ck_assert_uint_eq(GICR(f, v, GICR_CTLR), 7);
	}
	return f;
}

void its_cmd(struct fake_vm *f, uint64_t w0, uint64_t w1, uint64_t w2,
	     uint64_t w3)
{
	uint64_t at = its_reg(f, GITS_CWRITER);

	ram_put(f, QUEUE + at, 8, w0);
	ram_put(f, QUEUE + at + 8, 8, w1);
	ram_put(f, QUEUE + at + 16, 8, w2);
	ram_put(f, QUEUE + at + 24, 8, w3);
	at = (at + 32) % 0x1000;
	its_reg_w(f, GITS_CWRITER, at);
	ck_assert_uint_eq(its_reg(f, GITS_CREADR), at);
	ck_assert_uint_eq(its_reg(f, GITS_CTLR) >> 31, 1);
}

void its_mapd(struct fake_vm *f, uint32_t dev, gpa_t itt, unsigned int bits)
{
	its_cmd(f, DEV(dev) | ITS_MAPD, bits - 1, VALID | itt, 0);
}

void its_mapc(struct fake_vm *f, uint32_t coll, uint32_t vcpu)
{
	its_cmd(f, ITS_MAPC, 0, VALID | (uint64_t)vcpu << 16 | coll, 0);
}

void its_mapti(struct fake_vm *f, uint32_t dev, uint32_t event, uint32_t lpi,
	       uint32_t coll)
{
	its_cmd(f, DEV(dev) | ITS_MAPTI, (uint64_t)lpi << 32 | event, coll, 0);
}

void lpi_prop(struct fake_vm *f, uint32_t lpi, uint8_t val)
{
	ram_put(f, PROPS + lpi - 8192, 1, val);
}

int its_msi(struct fake_vm *f, uint32_t dev, uint32_t event)
{
	return fake_msi(f, DOORBELL, dev, true, event);
}

/* A VM where device 2 event 1 is LPI 8200 on vCPU 0, enabled, prio 0xa0. */
struct fake_vm *its_mapped(unsigned int vcpus)
{
	struct fake_vm *f = its_new(vcpus);

	lpi_prop(f, 8200, 0xa0 | 1);
	its_mapc(f, 0, 0);
	its_mapd(f, 2, ITT(0), 5);
	its_mapti(f, 2, 1, 8200, 0);
	return f;
}
