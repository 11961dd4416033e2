/* SPDX-License-Identifier: MIT */
/*
 * GICv2 and GICv3 with an ITS beside the reference of ref-gic.h: each step is
 * done to both, then what was read, the pins of every vCPU and the count of
 * ended level interrupts must be equal.
 */
#include "world-gic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_IRQS 256

struct its_fields its_fields(uint64_t val)
{
	return (struct its_fields){
		.device = val & 15,
		.event = val >> 4 & 15,
		.coll = val >> 8 & 15,
		.target = val >> 12 & 15,
		.target2 = val >> 16 & 15,
		.valid = val >> 20 & 15,
		.bits = val >> 24 & 15,
		.lpi = val >> 28 & 255,
	};
}

uint64_t its_fields_pack(const struct its_fields *f)
{
	return f->device | f->event << 4 | f->coll << 8 | f->target << 12 |
	       f->target2 << 16 | f->valid << 20 | f->bits << 24 |
	       (uint64_t)f->lpi << 28;
}

/* ---- a pair -------------------------------------------------------------- */

/* Any figures, and none for what a registers access or a translation takes:
 * time stands still but for its own steps. */
static void time_start(struct ref_gic *g, struct cost_profile *p, uint64_t seed)
{
	const char *model = g->version == 2 ? "gic-400" : "gic-600";
	const struct cost_model *m =
		cost_model_find(gic_cost_models, GIC_NR_COST_MODELS, model);
	uint32_t val[64] = {0};
	struct dice d = {seed * 7};
	char text[16];

	g->counted = true;
	for (unsigned int i = 0; i < m->nr; i++) {
		if (!m->rows[i].name)
			continue;
		if (strncmp(m->rows[i].name, "its-", 4) &&
		    strncmp(m->rows[i].name, "lpi-", 4))
			val[i] = dice_once(&d, 3) ? 0 : dice_below(&d, 40);
		snprintf(text, sizeof(text), "%u", val[i]);
		ck_assert_int_eq(cost_profile_set(p, gic_cost_models,
						  GIC_NR_COST_MODELS, model,
						  m->rows[i].name, text),
				 COST_OK);
	}
#define ROW(name) (cost_row_find(m, name) < 0 ? 0 : val[cost_row_find(m, name)])
	g->pend[0] = ROW("pend-sgi");
	g->pend[1] = ROW("pend-ppi");
	g->pend[2] = ROW("pend-spi");
	g->pend[3] = ROW("pend-lpi");
	g->route[0] = ROW("route-sgi");
	g->route[1] = ROW("route-ppi");
	g->route[2] = ROW("route-spi");
	g->route[3] = ROW("route-lpi");
	g->choose = ROW("choose");
	g->signal = ROW("signal");
	g->sgi_target = ROW("sgi-target");
#undef ROW
	fake_count_time(m, p);
}

static void *world_new(uint64_t seed, int version, bool counted)
{
	struct cost_profile profile = {0};
	struct world_gic *w = calloc(1, sizeof(*w));
	struct dice d = {~seed};
	unsigned int vcpus = 1 + dice_below(&d, REF_VCPUS);

	ref_init(&w->ref, version, vcpus, NR_IRQS);
	taste_choose(w, seed);
	if (counted)
		time_start(&w->ref, &profile, seed);
	/* These unmask everything, but for GICv2's group 1. */
	w->f = version == 2 ? fake_v2(vcpus) : its_new(vcpus);
	w->ref.enabled = true;
	for (unsigned int v = 0; v < vcpus; v++) {
		w->ref.cpu[v].pmr = 0xf0;
		w->ref.cpu[v].grpen0 = true;
		w->ref.cpu[v].grpen1 = version == 3;
		w->ref.cpu[v].lpis = version == 3;
	}
	w->ref.its.enabled = version == 3;
	if (counted)
		fake_count_no_time();
	cost_profile_free(&profile);
	return w;
}

static void *gicv2_new(uint64_t seed)
{
	return world_new(seed, 2, false);
}

static void *gicv3_new(uint64_t seed)
{
	return world_new(seed, 3, false);
}

static void *gicv2_counted_new(uint64_t seed)
{
	return world_new(seed, 2, true);
}

static void *gicv3_counted_new(uint64_t seed)
{
	return world_new(seed, 3, true);
}

static void world_free(void *world)
{
	struct world_gic *w = world;

	fake_free(w->f);
	free(w);
}

/* ---- steps --------------------------------------------------------------- */

static void its_command(struct world_gic *w, const struct step *step)
{
	struct its_fields f = its_fields(step->val);
	uint64_t cmd[4] = {
		step->at | (uint64_t)f.device << 32,
		(uint64_t)(REF_LPI + f.lpi) << 32 | f.event,
		(f.valid ? VALID : 0) | (uint64_t)f.target << 16 | f.coll,
		(uint64_t)f.target2 << 16,
	};

	if (step->at == ITS_MAPD) {
		cmd[1] = f.bits;
		cmd[2] = (f.valid ? VALID : 0) | ITT(f.device);
	} else if (step->at == ITS_MOVALL) {
		cmd[2] = (uint64_t)f.target << 16;
	}
	its_cmd(w->f, cmd[0], cmd[1], cmd[2], cmd[3]);
	ref_exit(&w->ref, 0);
	ref_its_command(&w->ref, cmd);
}

static void lpi_pending(struct world_gic *w, const struct step *step)
{
	uint8_t *p = &w->ref.cpu[step->vcpu].pending[step->at / 8];
	uint8_t bit = 1 << step->at % 8;
	gpa_t at = PENDING(step->vcpu) + (REF_LPI + step->at) / 8;
	uint8_t byte = ram_get(w->f, at, 1);

	*p = step->val ? *p | bit : *p & ~bit;
	ram_put(w->f, at, 1, step->val ? byte | bit : byte & ~bit);
}

static void frame_write(struct world_gic *w, const struct step *step)
{
	unsigned int v = step->vcpu, owner = step->at >> 20;
	uint32_t off = step->at & 0xfffff;

	ref_exit(&w->ref, v);
	if (step->kind == STEP_GICR_WRITE) {
		mmio_wr(w->f, v, REDIST(owner) + off, step->len, step->val);
		ref_gicr_write(&w->ref, owner, off, step->len, step->val);
	} else {
		mmio_wr(w->f, v, FAKE_DIST + step->at, step->len, step->val);
		ref_gicd_write(&w->ref, v, step->at, step->len, step->val);
	}
}

static void write_step(struct world_gic *w, const struct step *step)
{
	unsigned int v = step->vcpu;

	switch (step->kind) {
	case STEP_GICD_WRITE:
	case STEP_GICR_WRITE: frame_write(w, step); break;
	case STEP_ICC_WRITE:
		icc_wr(w->f, v, step->at, step->val);
		ref_icc_write(&w->ref, v, step->at, step->val);
		break;
	case STEP_GICC_WRITE:
		GICC_W(w->f, v, step->at, step->val);
		ref_gicc_write(&w->ref, v, step->at, step->val);
		break;
	case STEP_LINE:
		gic_set_line(w->f->gic, v, step->at, step->val, NULL);
		ref_line(&w->ref, v, step->at, step->val);
		break;
	case STEP_PUT:
		irqchip_vcpu_put(w->f->vm.irqchip, v);
		ref_exit(&w->ref, v);
		break;
	case STEP_ITS: its_command(w, step); break;
	case STEP_LPI_CONFIG:
		ram_put(w->f, PROPS + step->at, 1, step->val);
		w->ref.config[step->at] = step->val;
		break;
	case STEP_LPI_PENDING: lpi_pending(w, step); break;
	case STEP_TIME:
		ref_time_go(&w->ref, w->ref.now + step->val);
		fake_time(w->f, w->ref.now);
		break;
	}
}

/* False: not a step with an answer. */
static bool read_step(struct world_gic *w, const struct step *step,
		      uint64_t *model, uint64_t *ref)
{
	unsigned int v = step->vcpu, owner = step->at >> 20;
	uint32_t off = step->at & 0xfffff;

	switch (step->kind) {
	case STEP_GICD_READ:
		ref_exit(&w->ref, v);
		*model = mmio_rd(w->f, v, FAKE_DIST + off, step->len);
		*ref = ref_gicd_read(&w->ref, v, off, step->len);
		return true;
	case STEP_GICR_READ:
		ref_exit(&w->ref, v);
		*model = mmio_rd(w->f, v, REDIST(owner) + off, step->len);
		*ref = ref_gicr_read(&w->ref, owner, off, step->len);
		return true;
	case STEP_ICC_READ:
		*model = icc_rd(w->f, v, step->at);
		*ref = ref_icc_read(&w->ref, v, step->at);
		return true;
	case STEP_GICC_READ:
		*model = GICC(w->f, v, step->at);
		*ref = ref_gicc_read(&w->ref, v, step->at);
		return true;
	case STEP_MSI:
		*model = fake_msi(w->f, FAKE_ITS + GITS_TRANSLATER,
				  step->at >> 16, true, step->at & 0xffff);
		*ref = ref_msi(&w->ref, step->at >> 16, step->at & 0xffff);
		return true;
	}
	return false;
}

static bool pins_equal(struct world_gic *w, char *why, size_t len)
{
	for (unsigned int v = 0; v < w->ref.vcpus; v++) {
		unsigned int ref = ref_pins(&w->ref, v);
		unsigned int model = (w->f->irq[v] ? REF_PIN_IRQ : 0) |
				     (w->f->fiq[v] ? REF_PIN_FIQ : 0) |
				     (w->f->wake[v] ? REF_PIN_WAKE : 0);

		if (model == ref)
			continue;
		snprintf(why, len,
			 "vCPU %u: pins %u, reference %u (1 IRQ, 2 FIQ, "
			 "4 wake)",
			 v, model, ref);
		return false;
	}
	return true;
}

static bool world_run(void *world, const struct step *step, char *why,
		      size_t len)
{
	struct world_gic *w = world;
	uint64_t model, ref;

	if (read_step(w, step, &model, &ref)) {
		if (model != ref) {
			snprintf(why, len, "reads %#llx, reference %#llx",
				 (unsigned long long)model,
				 (unsigned long long)ref);
			return false;
		}
		steps_gic_seen(w, step, ref);
	} else {
		write_step(w, step);
	}
	if (w->f->acked_calls != w->ref.acked) {
		snprintf(why, len, "%u level interrupts ended, reference %u",
			 w->f->acked_calls, w->ref.acked);
		return false;
	}
	return pins_equal(w, why, len);
}

/* ---- for people ---------------------------------------------------------- */

static void world_print(const struct step *step, char *buf, size_t len)
{
	static const char *const names[NR_STEPS_GIC] = {
		"GICD read",  "GICD write",  "GICR read", "GICR write",
		"ICC read",   "ICC write",   "GICC read", "GICC write",
		"line",       "exit",        "ITS",       "MSI",
		"LPI config", "LPI pending", "time"};
	struct its_fields f = its_fields(step->val);

	if (step->kind == STEP_ITS)
		snprintf(buf, len,
			 "vCPU %u ITS command %#x device %u event %u LPI %u "
			 "collection %u target %u, %u valid %u bits %u",
			 step->vcpu, step->at, f.device, f.event,
			 REF_LPI + f.lpi, f.coll, f.target, f.target2, f.valid,
			 f.bits + 1);
	else
		snprintf(buf, len, "vCPU %u %s %#x (%u) %#llx", step->vcpu,
			 names[step->kind], step->at, step->len,
			 (unsigned long long)step->val);
}

const struct world_type world_gicv2 = {
	.name = "gicv2",
	.new = gicv2_new,
	.free = world_free,
	.make = steps_gic_make,
	.run = world_run,
	.print = world_print,
};

const struct world_type world_gicv3 = {
	.name = "gicv3",
	.new = gicv3_new,
	.free = world_free,
	.make = steps_gic_make,
	.run = world_run,
	.print = world_print,
};

const struct world_type world_gicv2_counted = {
	.name = "gicv2-counted",
	.new = gicv2_counted_new,
	.free = world_free,
	.make = steps_gic_make,
	.run = world_run,
	.print = world_print,
};

const struct world_type world_gicv3_counted = {
	.name = "gicv3-counted",
	.new = gicv3_counted_new,
	.free = world_free,
	.make = steps_gic_make,
	.run = world_run,
	.print = world_print,
};
