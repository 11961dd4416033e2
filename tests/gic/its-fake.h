/* SPDX-License-Identifier: MIT */
/*
 * An ITS of a fake VM, set up as a guest's driver does it, and its commands.
 */
#ifndef FAUXKVM_TESTS_ITS_FAKE_H
#define FAUXKVM_TESTS_ITS_FAKE_H

#include "gic-fake.h"

/* Where a guest would put things. */
#define QUEUE       (FAKE_RAM + 0x10000)
#define DEVICES     (FAKE_RAM + 0x20000)
#define COLLECTIONS (FAKE_RAM + 0x30000)
#define ITT(n)      (FAKE_RAM + 0x40000 + (n)*0x1000)
#define PROPS       (FAKE_RAM + 0x100000)
#define PENDING(v)  (FAKE_RAM + 0x200000 + (v)*0x10000)
#define DOORBELL    (FAKE_ITS + GITS_TRANSLATER)
#define VALID       (UINT64_C(1) << 63)

#define DEV(d) ((uint64_t)(d) << 32)

uint64_t its_reg(struct fake_vm *f, unsigned int off);
void its_reg_w(struct fake_vm *f, unsigned int off, uint64_t val);
struct fake_vm *its_new(unsigned int vcpus);
void its_cmd(struct fake_vm *f, uint64_t w0, uint64_t w1, uint64_t w2,
	     uint64_t w3);
void its_mapd(struct fake_vm *f, uint32_t dev, gpa_t itt, unsigned int bits);
void its_mapc(struct fake_vm *f, uint32_t coll, uint32_t vcpu);
void its_mapti(struct fake_vm *f, uint32_t dev, uint32_t event, uint32_t lpi,
	       uint32_t coll);
void lpi_prop(struct fake_vm *f, uint32_t lpi, uint8_t val);
int its_msi(struct fake_vm *f, uint32_t dev, uint32_t event);
struct fake_vm *its_mapped(unsigned int vcpus);

#endif
