/* SPDX-License-Identifier: MIT */
/*
 * Counted time: interrupts on their way to a vCPU, what ends the way, and what
 * each step takes of whom. Sums are of the rows of the GIC's own table.
 */
#include <string.h>

#include "gic-fake.h"
#include "gic/gic-internal.h"
#include "its-fake.h"

#define TIMER 27u

/* A counting GICv3 or, by @model, GICv2, with SPI set up at 0xa0 on vCPU 0. */
static struct fake_vm *counted(const char *model, unsigned int vcpus, bool edge)
{
	const struct cost_model *m =
		cost_model_find(gic_cost_models, GIC_NR_COST_MODELS, model);
	struct fake_vm *f;

	ck_assert_ptr_nonnull(m);
	fake_count_time(m, NULL);
	f = strcmp(model, "gic-400") ? fake_v3(vcpus) : fake_v2(vcpus);
	spi_setup(f, SPI, 0xa0, edge);
	f->vm.steps_heard = true;
	fake_time(f, 1000);
	return f;
}

static uint32_t cost(struct fake_vm *f, enum gic_cost row)
{
	return f->gic->costs[row];
}

/* What is ahead of a pending interrupt of the kind that is routed by @route. */
static uint32_t forward(struct fake_vm *f, enum gic_cost route)
{
	return cost(f, GIC_COST_CHOOSE) + cost(f, route) +
	       cost(f, GIC_COST_SIGNAL);
}

static uint32_t spi_latency(struct fake_vm *f)
{
	return cost(f, GIC_COST_PEND_SPI) + forward(f, GIC_COST_ROUTE_SPI);
}

static void line(struct fake_vm *f, unsigned int v, unsigned int id, bool level)
{
	ck_assert_int_eq(gic_set_line(f->gic, v, id, level, NULL), 0);
}

static bool is_pending(struct fake_vm *f, unsigned int id)
{
	return GICD(f, 0, GICD_ISPENDR + id / 32 * 4) >> id % 32 & 1;
}

static uint32_t highest(struct fake_vm *f, unsigned int v)
{
	return f->gic->model == 2 ? GICC(f, v, GICC_HPPIR)
				  : icc_rd(f, v, ICC_HPPIR1);
}

static uint32_t acknowledge(struct fake_vm *f, unsigned int v)
{
	return f->gic->model == 2 ? GICC(f, v, GICC_IAR)
				  : icc_rd(f, v, ICC_IAR1);
}

static void end(struct fake_vm *f, unsigned int v, uint32_t id)
{
	if (f->gic->model == 2)
		GICC_W(f, v, GICC_EOIR, id);
	else
		icc_wr(f, v, ICC_EOIR1, id);
}

/* Nothing is at vCPU @v before @when, and then @id is. */
static void arrives(struct fake_vm *f, unsigned int v, uint64_t when,
		    uint32_t id)
{
	ck_assert(!f->wake[v]);
	fake_time(f, when - 1);
	ck_assert(!f->wake[v]);
	fake_time(f, when);
	ck_assert(f->wake[v] && f->irq[v]);
	ck_assert_uint_eq(highest(f, v), id);
}

static const char *const models[] = {"gic-400", "gic-500", "gic-600"};

START_TEST(tables)
{
	const struct cost_model *last = gic_cost_models[GIC_NR_COST_MODELS - 1];

	for (unsigned int i = 0; i < GIC_NR_COST_MODELS; i++) {
		const struct cost_model *m = gic_cost_models[i];

		ck_assert_str_eq(m->name, models[i]);
		ck_assert_uint_eq(m->nr, NR_GIC_COSTS);
		for (unsigned int r = 0; r < m->nr; r++) {
			const struct cost_row *row = &m->rows[r];

			/* A GICv2 has fewer, the others all of them. */
			ck_assert(row->name || (!i && !row->cycles));
			if (!row->name)
				continue;
			ck_assert_str_eq(row->name, last->rows[r].name);
			ck_assert_int_eq(cost_row_find(m, row->name), r);
			ck_assert_str_ne(row->source, "");
		}
	}
}
END_TEST

/* The distributor shows it at once; the CPU interface when it is there. */
START_TEST(visible)
{
	struct fake_vm *f = counted(models[_i], 2, true);
	uint64_t at = f->now + spi_latency(f);

	line(f, 0, SPI, true);
	ck_assert_uint_eq(f->due[0], at);
	ck_assert_uint_eq(f->due[1], UINT64_MAX);
	f->vm.steps_heard = false; /* what looks takes no time */
	ck_assert(is_pending(f, SPI));
	ck_assert_uint_eq(highest(f, 0), 1023);
	ck_assert_uint_eq(acknowledge(f, 0), 1023);
	arrives(f, 0, at, SPI);
	ck_assert_uint_eq(acknowledge(f, 0), SPI);
	ck_assert(!f->wake[0]);
	end(f, 0, SPI);
	ck_assert_uint_eq(f->due[0], UINT64_MAX);
	fake_free(f);
}
END_TEST

START_TEST(kinds)
{
	struct fake_vm *f = counted(models[_i], 3, true);
	uint32_t target = cost(f, GIC_COST_SGI_TARGET);
	uint32_t sgi =
		cost(f, GIC_COST_PEND_SGI) + forward(f, GIC_COST_ROUTE_SGI);
	uint32_t ppi =
		cost(f, GIC_COST_PEND_PPI) + forward(f, GIC_COST_ROUTE_PPI);
	uint64_t sent;

	if (f->gic->model == 2) {
		for (unsigned int v = 0; v < 3; v++)
			GICD_W(f, v, GICD_ISENABLER, 1u << TIMER);
		GICD_W(f, 0, GICD_SGIR, 6u << 16 | 3);
	} else {
		for (unsigned int v = 0; v < 3; v++)
			GICR_W(f, v, GICR_ISENABLER0, 1u << TIMER);
		icc_wr(f, 0, ICC_SGI1R, 3u << 24 | 6);
	}
	sent = f->now; /* the write has taken its time before it acts */
	ck_assert_uint_eq(f->due[0], UINT64_MAX);
	ck_assert_uint_eq(f->due[1], sent + sgi + target);
	ck_assert_uint_eq(f->due[2], sent + sgi + 2 * target);
	fake_time(f, sent + sgi + target);
	ck_assert(f->irq[1]);
	fake_time(f, sent + sgi + 2 * target);
	ck_assert(f->irq[2]);
	line(f, 0, TIMER, true);
	f->vm.steps_heard = false;
	arrives(f, 0, f->now + ppi, TIMER);
	fake_free(f);
}
END_TEST

START_TEST(order)
{
	struct fake_vm *f = counted(models[_i], 1, true);
	uint32_t latency = spi_latency(f);
	uint64_t t = f->now;

	/* The better one is later, and does not hold up the other. */
	spi_setup(f, SPI + 1, 0x20, true);
	f->vm.steps_heard = false;
	f->now = t;
	line(f, 0, SPI, true);
	fake_time(f, t + 1);
	line(f, 0, SPI + 1, true);
	arrives(f, 0, t + latency, SPI);
	fake_time(f, t + latency + 1);
	ck_assert_uint_eq(acknowledge(f, 0), SPI + 1);
	end(f, 0, SPI + 1);
	ck_assert_uint_eq(acknowledge(f, 0), SPI);
	end(f, 0, SPI);

	/* Of equals that come at one time the first comes first. */
	spi_setup(f, SPI + 1, 0xa0, true);
	t = f->now;
	line(f, 0, SPI + 1, true);
	line(f, 0, SPI, true);
	arrives(f, 0, t + latency, SPI + 1);
	ck_assert_uint_eq(acknowledge(f, 0), SPI + 1);
	end(f, 0, SPI + 1);
	ck_assert_uint_eq(acknowledge(f, 0), SPI);
	end(f, 0, SPI);
	fake_free(f);
}
END_TEST

/* A long way behind a short one: what is pended later arrives first. */
START_TEST(overtakes)
{
	struct fake_vm *f = counted("gic-600", 1, true);
	uint32_t sgi = cost(f, GIC_COST_PEND_SGI) +
		       cost(f, GIC_COST_SGI_TARGET) +
		       forward(f, GIC_COST_ROUTE_SGI);
	uint64_t t = f->now;

	f->vm.steps_heard = false;
	f->gic->costs[GIC_COST_PEND_SPI] = 500;
	line(f, 0, SPI, true);
	icc_wr(f, 0, ICC_SGI1R, 3u << 24 | 1);
	arrives(f, 0, t + sgi, 3);
	ck_assert_uint_eq(acknowledge(f, 0), 3);
	end(f, 0, 3);
	ck_assert(!f->wake[0]);
	arrives(f, 0, t + spi_latency(f), SPI);
	fake_free(f);
}
END_TEST

static void never_arrives(struct fake_vm *f)
{
	fake_time(f, f->now + 10000);
	ck_assert(!f->wake[0] && !f->wake[1]);
	ck_assert_uint_eq(highest(f, 0), 1023);
}

START_TEST(stopped_on_the_way)
{
	struct fake_vm *f = counted(models[_i], 2, false);
	uint32_t word = SPI / 32 * 4, bit = 1u << SPI % 32;
	uint32_t latency = spi_latency(f),
		 again = forward(f, GIC_COST_ROUTE_SPI);
	uint64_t t;

	f->vm.steps_heard = false;
	/* lowered, and raised again: it starts from the beginning */
	t = f->now;
	line(f, 0, SPI, true);
	fake_time(f, t + 2);
	line(f, 0, SPI, false);
	never_arrives(f);
	t = f->now;
	line(f, 0, SPI, true);
	fake_time(f, t + 2);
	line(f, 0, SPI, false);
	fake_time(f, t + 3);
	line(f, 0, SPI, true);
	arrives(f, 0, t + 3 + latency, SPI);
	line(f, 0, SPI, false);
	ck_assert(!f->wake[0]);

	/* disabled; when it is enabled it has been pending for long */
	line(f, 0, SPI, true);
	GICD_W(f, 0, GICD_ICENABLER + word, bit);
	never_arrives(f);
	ck_assert(is_pending(f, SPI));
	t = f->now;
	GICD_W(f, 0, GICD_ISENABLER + word, bit);
	arrives(f, 0, t + again, SPI);
	line(f, 0, SPI, false);

	/* disabled and enabled at once: not before it was pended anyway */
	t = f->now;
	line(f, 0, SPI, true);
	GICD_W(f, 0, GICD_ICENABLER + word, bit);
	GICD_W(f, 0, GICD_ISENABLER + word, bit);
	arrives(f, 0, t + latency, SPI);
	line(f, 0, SPI, false);

	/* active by a write */
	line(f, 0, SPI, true);
	GICD_W(f, 0, GICD_ISACTIVER + word, bit);
	never_arrives(f);
	t = f->now;
	GICD_W(f, 0, GICD_ICACTIVER + word, bit);
	arrives(f, 0, t + again, SPI);
	line(f, 0, SPI, false);

	/* no longer pending by a write */
	GICD_W(f, 0, GICD_ISPENDR + word, bit);
	GICD_W(f, 0, GICD_ICPENDR + word, bit);
	never_arrives(f);
	fake_free(f);
}
END_TEST

static void retarget(struct fake_vm *f, unsigned int v)
{
	if (f->gic->model == 2)
		mmio_wr(f, 0, FAKE_DIST + GICD_ITARGETSR + SPI, 1, 1u << v);
	else
		mmio_wr(f, 0, FAKE_DIST + GICD_IROUTER + SPI * 8, 8, v);
}

START_TEST(moved)
{
	struct fake_vm *f = counted(models[_i], 2, true);
	uint32_t latency = spi_latency(f),
		 again = forward(f, GIC_COST_ROUTE_SPI);
	uint64_t t = f->now;

	f->vm.steps_heard = false;
	/* on the way: the way to the other begins, when it can be chosen */
	line(f, 0, SPI, true);
	fake_time(f, t + latency - 1);
	retarget(f, 1);
	arrives(f, 1, t + latency - 1 + again, SPI);
	ck_assert(!f->wake[0]);
	/* after it has arrived */
	t = f->now;
	retarget(f, 0);
	ck_assert(!f->wake[1]);
	arrives(f, 0, t + again, SPI);
	/* a new priority is a new choice, unless it is on its way still */
	t = f->now;
	mmio_wr(f, 0, FAKE_DIST + GICD_IPRIORITYR + SPI, 1, 0x50);
	ck_assert(!f->wake[0]);
	fake_time(f, t + 1);
	mmio_wr(f, 0, FAKE_DIST + GICD_IPRIORITYR + SPI, 1, 0x40);
	arrives(f, 0, t + again, SPI);
	/* the same priority is none */
	mmio_wr(f, 0, FAKE_DIST + GICD_IPRIORITYR + SPI, 1, 0x40);
	ck_assert(f->irq[0]);
	fake_free(f);
}
END_TEST

/* A level that is still up comes again, choose + route + signal after the end. */
START_TEST(level_again)
{
	struct fake_vm *f = counted(models[_i], 1, false);

	line(f, 0, SPI, true);
	fake_time(f, f->due[0]);
	ck_assert_uint_eq(acknowledge(f, 0), SPI);
	ck_assert(!f->wake[0]);
	end(f, 0, SPI);
	f->vm.steps_heard = false;
	arrives(f, 0, f->now + forward(f, GIC_COST_ROUTE_SPI), SPI);
	fake_free(f);
}
END_TEST

/* A timer's, which is low while its interrupt is active, likewise: it was up all along. */
START_TEST(mapped_again)
{
	const uint32_t timer = 27;
	struct fake_vm *f = counted("gic-600", 1, false);
	int owner;

	f->timer_intid = timer;
	f->timer_level = true;
	ck_assert_int_eq(gic_set_owner(f->gic, 0, timer, &owner), 0);
	GICR_W(f, 0, GICR_ISENABLER0, 1u << timer);
	f->vm.steps_heard = false;
	ck_assert_int_eq(gic_set_line(f->gic, 0, timer, true, &owner), 0);
	arrives(f, 0,
		f->now + cost(f, GIC_COST_PEND_PPI) +
			forward(f, GIC_COST_ROUTE_PPI),
		timer);
	for (unsigned int k = 0; k < 2; k++) {
		ck_assert_uint_eq(acknowledge(f, 0), timer);
		fake_time(f, f->now + 500);
		end(f, 0, timer);
		arrives(f, 0, f->now + forward(f, GIC_COST_ROUTE_PPI), timer);
	}
	fake_free(f);
}
END_TEST

static void set_pmr(struct fake_vm *f, uint32_t val)
{
	if (f->gic->model == 2)
		GICC_W(f, 0, GICC_PMR, val);
	else
		icc_wr(f, 0, ICC_PMR, val);
}

/* What the CPU interface changes is chosen again before a pin rises. */
START_TEST(pins)
{
	struct fake_vm *f = counted(models[_i], 1, true);
	uint32_t again = cost(f, GIC_COST_CHOOSE) + cost(f, GIC_COST_SIGNAL);
	uint64_t t;

	f->vm.steps_heard = false;
	set_pmr(f, 0x80);
	line(f, 0, SPI, true);
	fake_time(f, f->now + 1000);
	ck_assert(!f->wake[0]);
	t = f->now;
	set_pmr(f, 0xf0);
	arrives(f, 0, t + again, SPI);
	set_pmr(f, 0x80); /* falls at once */
	ck_assert(!f->wake[0] && !f->irq[0]);

	/* masked again before it has risen */
	set_pmr(f, 0xf0);
	fake_time(f, f->now + 1);
	set_pmr(f, 0x80);
	fake_time(f, f->now + 1000);
	ck_assert(!f->wake[0]);
	set_pmr(f, 0xf0);
	fake_time(f, f->now + again);
	ck_assert(f->irq[0]);

	/* The end of one lets the next in. */
	spi_setup(f, SPI + 1, 0xa0, true);
	line(f, 0, SPI + 1, true);
	fake_time(f, f->now + 1000);
	ck_assert_uint_eq(acknowledge(f, 0), SPI);
	ck_assert(!f->irq[0]);
	t = f->now;
	end(f, 0, SPI);
	ck_assert(!f->irq[0]);
	fake_time(f, t + again - 1);
	ck_assert(!f->irq[0]);
	fake_time(f, t + again);
	ck_assert(f->irq[0]);
	fake_free(f);
}
END_TEST

/* Each step takes time once, and of the vCPU that makes it. */
START_TEST(charges)
{
	struct fake_vm *f = counted(models[_i], 2, true);
	bool v3 = f->gic->model == 3;
	enum gic_cost read = v3 ? GIC_COST_SYSREG_READ : GIC_COST_MMIO_READ;
	enum gic_cost write = v3 ? GIC_COST_SYSREG_WRITE : GIC_COST_MMIO_WRITE;
	uint32_t sum, val = 0;

	retarget(f, 1);
	memset(f->charged, 0, sizeof(f->charged));
	line(f, 0, SPI, true);
	fake_time(f, f->now + 1000);
	ck_assert_uint_eq(f->charged[0], 0);
	ck_assert_uint_eq(f->charged[1], 0);
	ck_assert_uint_eq(acknowledge(f, 1), SPI);
	sum = cost(f, read) + cost(f, GIC_COST_ACKNOWLEDGE);
	ck_assert_uint_eq(f->charged[1], sum);
	end(f, 1, SPI);
	sum += cost(f, write) + cost(f, GIC_COST_EOI) +
	       cost(f, GIC_COST_DEACTIVATE);
	ck_assert_uint_eq(f->charged[1], sum);
	ck_assert_uint_eq(f->charged[0], 0);

	ck_assert_uint_ne(GICD(f, 0, GICD_CTLR), 0);
	sum = cost(f, GIC_COST_MMIO_READ);
	ck_assert_uint_eq(f->charged[0], sum);
	GICD_W(f, 0, GICD_ISPENDR + 4, 1u << SPI % 32);
	sum += cost(f, GIC_COST_MMIO_WRITE);
	ck_assert_uint_eq(f->charged[0], sum);

	/* The VMM's accesses take nothing. */
	ck_assert_int_eq(fake_get(f->dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
				  GICD_CTLR, &val),
			 0);
	ck_assert_int_eq(fake_set(f->dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
				  GICD_CTLR, &val),
			 0);
	ck_assert_uint_eq(f->charged[0], sum);
	fake_free(f);
}
END_TEST

/* LPIs */

static struct fake_vm *counted_its(unsigned int vcpus)
{
	struct fake_vm *f;

	fake_count_time(NULL, NULL);
	f = its_mapped(vcpus);
	ck_assert_uint_ne(cost(f, GIC_COST_LPI_ENTRIES), 0);
	return f;
}

static uint32_t lpi_latency(struct fake_vm *f)
{
	return cost(f, GIC_COST_ITS_TRANSLATE) + cost(f, GIC_COST_PEND_LPI) +
	       forward(f, GIC_COST_ROUTE_LPI);
}

/* An MSI of event @event of device 2 arrives after a translation and @more. */
static void msi_takes(struct fake_vm *f, uint32_t event, uint32_t lpi,
		      uint32_t more)
{
	ck_assert_int_eq(its_msi(f, 2, event), 1);
	arrives(f, 0, f->now + lpi_latency(f) + more, lpi);
	ck_assert_uint_eq(acknowledge(f, 0), lpi);
	end(f, 0, lpi);
}

START_TEST(translations)
{
	struct fake_vm *f = counted_its(1);
	uint32_t device = cost(f, GIC_COST_ITS_DEVICE_READ);
	uint32_t event = cost(f, GIC_COST_ITS_EVENT_READ);
	uint32_t collection = cost(f, GIC_COST_ITS_COLLECTION_READ);
	uint32_t config = cost(f, GIC_COST_LPI_CONFIG_READ);

	/* MAPTI has read the configuration. */
	msi_takes(f, 1, 8200, device + event + collection);
	msi_takes(f, 1, 8200, 0);

	lpi_prop(f, 8201, 0xa0 | 1);
	its_mapti(f, 2, 2, 8201, 0);
	msi_takes(f, 2, 8201, event);
	msi_takes(f, 1, 8200, 0);

	/* INVALL forgets every configuration, INV reads one. */
	its_cmd(f, ITS_INVALL, 0, 0, 0);
	its_cmd(f, DEV(2) | ITS_INV, 1, 0, 0);
	msi_takes(f, 1, 8200, 0);
	msi_takes(f, 2, 8201, config);
	msi_takes(f, 2, 8201, 0);

	/* A collection that is mapped again is read again. */
	its_mapc(f, 0, 0);
	msi_takes(f, 1, 8200, collection);
	/* MOVI forgets all translations. */
	its_mapc(f, 1, 0);
	its_cmd(f, DEV(2) | ITS_MOVI, 1, 1, 0);
	msi_takes(f, 1, 8200, device + event + collection);
	msi_takes(f, 2, 8201, event + collection);
	fake_free(f);
}
END_TEST

/* More events than the caches hold: each is a miss when it comes round again. */
START_TEST(small_caches)
{
	struct cost_profile p = {0};
	struct fake_vm *f;
	uint32_t miss;

	ck_assert_int_eq(cost_profile_set(&p, gic_cost_models,
					  GIC_NR_COST_MODELS, "gic-600",
					  "its-event-entries", "2"),
			 COST_OK);
	fake_count_time(NULL, &p);
	f = its_mapped(1);
	miss = cost(f, GIC_COST_ITS_EVENT_READ);
	for (unsigned int e = 2; e < 5; e++) {
		lpi_prop(f, 8199 + e, 0xa0 | 1);
		its_mapti(f, 2, e, 8199 + e, 0);
	}
	msi_takes(f, 1, 8200,
		  cost(f, GIC_COST_ITS_DEVICE_READ) + miss +
			  cost(f, GIC_COST_ITS_COLLECTION_READ));
	msi_takes(f, 2, 8201, miss);
	msi_takes(f, 1, 8200, 0);
	msi_takes(f, 2, 8201, 0);
	for (unsigned int round = 0; round < 2; round++)
		for (unsigned int e = 1; e < 5; e++)
			msi_takes(f, e, 8199 + e, round || e > 2 ? miss : 0);
	fake_free(f);

	ck_assert_int_eq(cost_profile_set(&p, gic_cost_models,
					  GIC_NR_COST_MODELS, "gic-600",
					  "lpi-entries", "0"),
			 COST_OK);
	f = its_mapped(1);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	fake_time(f, f->due[0]);
	ck_assert_uint_eq(acknowledge(f, 0), 8200);
	end(f, 0, 8200);
	msi_takes(f, 1, 8200, cost(f, GIC_COST_LPI_CONFIG_READ));
	fake_free(f);
	cost_profile_free(&p);
}
END_TEST

/* Rows as large as they may be, every one: sums don't wrap. */
START_TEST(large)
{
	const struct cost_model *m = gic_cost_models[2];
	struct cost_profile p = {0};
	struct fake_vm *f;
	uint64_t t;

	for (unsigned int r = 0; r < GIC_COST_ITS_DEVICE_ENTRIES; r++)
		ck_assert_int_eq(cost_profile_set(&p, gic_cost_models,
						  GIC_NR_COST_MODELS, m->name,
						  m->rows[r].name,
						  "1000000000"),
				 COST_OK);
	fake_count_time(NULL, &p);
	f = its_mapped(6);
	t = f->now;
	/* translate, three tables; pend, choose, route, signal */
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	ck_assert_uint_eq(f->due[0], t + 8 * (uint64_t)COST_MAX);
	/* the last of five waits for the four before it, and itself */
	icc_wr(f, 0, ICC_SGI1R, 3u << 24 | 0x3e);
	ck_assert_uint_eq(f->due[5], t + (5 + 4) * (uint64_t)COST_MAX);
	fake_free(f);
	cost_profile_free(&p);
}
END_TEST

/* Commands are the time of who wrote GITS_CWRITER; INT's LPI is on its way. */
START_TEST(commands)
{
	static const struct {
		uint64_t w0, w1, w2;
		enum gic_cost row;
	} cmds[] = {
		{DEV(2) | ITS_INV, 1, 0, GIC_COST_LPI_CONFIG_READ},
		{ITS_MAPC, 0, VALID | 3, GIC_COST_ITS_COLLECTION_READ},
		{DEV(3) | ITS_MAPD, 4, VALID | ITT(3),
		 GIC_COST_ITS_DEVICE_READ},
		{DEV(2) | ITS_MOVI, 1, 3, GIC_COST_ITS_EVENT_READ},
		{DEV(2) | ITS_DISCARD, 1, 0, GIC_COST_ITS_EVENT_READ},
	};
	struct fake_vm *f = counted_its(1);
	uint32_t all = cost(f, GIC_COST_ITS_DEVICE_READ) +
		       cost(f, GIC_COST_ITS_EVENT_READ) +
		       cost(f, GIC_COST_ITS_COLLECTION_READ);
	uint32_t around; /* what its_cmd() does beside the command */
	uint64_t t;

	f->vm.steps_heard = true;
	around = 4 * cost(f, GIC_COST_MMIO_READ) - cost(f, GIC_COST_MMIO_READ) +
		 cost(f, GIC_COST_MMIO_WRITE) + cost(f, GIC_COST_ITS_COMMAND);
	for (unsigned int i = 0; i < ARRAY_SIZE(cmds); i++) {
		f->charged[0] = 0;
		if (i == 4) {
			/* its way begins when the command has been read */
			t = f->now + cost(f, GIC_COST_MMIO_READ) +
			    cost(f, GIC_COST_MMIO_WRITE) +
			    cost(f, GIC_COST_ITS_COMMAND);
			its_cmd(f, DEV(2) | ITS_INT, 1, 0, 0);
			ck_assert_uint_eq(f->charged[0], around);
			ck_assert_uint_eq(f->due[0], t + lpi_latency(f) + all);
			f->charged[0] = 0;
		}
		its_cmd(f, cmds[i].w0, cmds[i].w1, cmds[i].w2, 0);
		ck_assert_uint_eq(f->charged[0], around + cost(f, cmds[i].row));
	}
	/* The DISCARD has not taken the LPI out of the air. */
	ck_assert_uint_eq(f->due[0], t + lpi_latency(f) + all);
	fake_time(f, f->now + 10000);
	ck_assert(f->wake[0]);
	fake_free(f);
}
END_TEST

START_TEST(lpis_off)
{
	struct fake_vm *f = counted_its(1);

	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	GICR_W(f, 0, GICR_CTLR, 0);
	never_arrives(f);
	fake_free(f);
}
END_TEST

/* Among equals a place that was left is kept until the guest is left. */
START_TEST(places)
{
	bool left = _i;
	struct fake_vm *f = counted("gic-600", 1, false);

	spi_setup(f, SPI + 1, 0xa0, true);
	f->vm.steps_heard = false;
	line(f, 0, SPI, true);
	line(f, 0, SPI + 1, true);
	line(f, 0, SPI, false);
	if (left)
		irqchip_vcpu_put(f->vm.irqchip, 0);
	line(f, 0, SPI, true);
	fake_time(f, f->now + 1000);
	ck_assert_uint_eq(acknowledge(f, 0), SPI + left);
	end(f, 0, SPI + left);
	fake_free(f);
}
END_TEST

/* A GIC of the other version is not what this VM has. */
START_TEST(versions)
{
	struct device *d;
	struct fake_vm *f;

	fake_count_time(gic_cost_models[0], NULL);
	f = fake_new(1);
	ck_assert_int_eq(gic_v3_type.create(&gic_v3_type, &f->vm, &d), -ENODEV);
	ck_assert_int_eq(gic_v2_type.create(&gic_v2_type, &f->vm, &d), 0);
	fake_free(f);
	fake_count_time(gic_cost_models[2], NULL);
	f = fake_new(1);
	ck_assert_int_eq(gic_create_irqchip(f->gic), -ENODEV);
	ck_assert_int_eq(gic_v3_type.create(&gic_v3_type, &f->vm, &d), 0);
	fake_free(f);
}
END_TEST

Suite *gic_flight_suite(void)
{
	Suite *s = suite_create("gic-flight");
	TCase *t = tcase_create("models");

	tcase_add_test(t, tables);
	tcase_add_loop_test(t, visible, 0, 3);
	tcase_add_loop_test(t, kinds, 0, 3);
	tcase_add_loop_test(t, order, 0, 3);
	tcase_add_loop_test(t, stopped_on_the_way, 0, 3);
	tcase_add_loop_test(t, moved, 0, 3);
	tcase_add_loop_test(t, level_again, 0, 3);
	tcase_add_test(t, mapped_again);
	tcase_add_loop_test(t, pins, 0, 3);
	tcase_add_loop_test(t, charges, 0, 3);
	tcase_add_test(t, overtakes);
	tcase_add_loop_test(t, places, 0, 2);
	tcase_add_test(t, versions);
	suite_add_tcase(s, t);
	t = tcase_create("its");
	tcase_add_test(t, translations);
	tcase_add_test(t, small_caches);
	tcase_add_test(t, commands);
	tcase_add_test(t, large);
	tcase_add_test(t, lpis_off);
	suite_add_tcase(s, t);
	return s;
}
