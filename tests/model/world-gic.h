/* SPDX-License-Identifier: MIT */
/* A GIC of src/gic beside its reference: what the steps of world-gic.c and
 * steps-gic.c share. */
#ifndef FAUXKVM_TESTS_MODEL_WORLD_GIC_H
#define FAUXKVM_TESTS_MODEL_WORLD_GIC_H

#include "model.h"
#include "ref-gic.h"
#include "tests/gic/its-fake.h"

enum step_gic {
	STEP_GICD_READ, /* at: offset, len */
	STEP_GICD_WRITE,
	STEP_GICR_READ, /* at: owner << 20 | offset */
	STEP_GICR_WRITE,
	STEP_ICC_READ, /* at: encoding */
	STEP_ICC_WRITE,
	STEP_GICC_READ, /* at: offset */
	STEP_GICC_WRITE,
	STEP_LINE,        /* at: INTID, val: level */
	STEP_PUT,         /* the VMM has the vCPU back */
	STEP_ITS,         /* at: command, val: its fields, see its_fields() */
	STEP_MSI,         /* at: device << 16 | event */
	STEP_LPI_CONFIG,  /* a guest's store; at: LPI - 8192, val: byte */
	STEP_LPI_PENDING, /* at: LPI - 8192, val: bit */
	STEP_TIME,        /* val: cycles */
	NR_STEPS_GIC
};

/* The fields of STEP_ITS's val, 4 bits each from the lowest; the LPI 8. */
struct its_fields {
	unsigned int device, event, coll, target, target2, valid, bits, lpi;
};
struct its_fields its_fields(uint64_t val);
uint64_t its_fields_pack(const struct its_fields *f);

/* What a round has much of, chosen by its seed. */
struct taste {
	unsigned int spi, spis; /* which are used */
	unsigned int prios;     /* how many different ones */
	uint8_t prio[8];
	unsigned int rare; /* of what is switched off and on again, ... */
	unsigned int lpis; /* used */
};

struct world_gic {
	struct fake_vm *f;
	struct ref_gic ref;
	struct taste taste;
	/* What the guest of a vCPU acknowledged and did not end, for
	 * steps-gic.c. */
	struct {
		uint32_t id[64], off[64]; /* off: by which register */
		unsigned int n;
		uint32_t dropped[64];
		unsigned int nr_dropped;
	} guest[REF_VCPUS];
};

void taste_choose(struct world_gic *w, uint64_t seed);
void steps_gic_make(void *world, struct dice *d, struct step *step);
/* What a read told the guest. */
void steps_gic_seen(struct world_gic *w, const struct step *step, uint64_t val);

#endif
