/* SPDX-License-Identifier: MIT */
/*
 * Which random steps a GIC's world makes: what a guest and its devices do,
 * mostly in an order that makes sense, on few interrupts of few priorities, so
 * that they meet.
 */
#include "world-gic.h"

#include <string.h>

void taste_choose(struct world_gic *w, uint64_t seed)
{
	static const unsigned int counts[] = {2, 5, 12, 40};
	struct dice d = {seed * 3 + 1};
	struct taste *t = &w->taste;

	t->spis = counts[dice_below(&d, 4)];
	t->spi = 32 + dice_below(&d, 224 - t->spis);
	t->prios = 1 + dice_below(&d, 8);
	for (unsigned int i = 0; i < t->prios; i++)
		t->prio[i] = dice_once(&d, 4) ? dice_u64(&d)
					      : 8 * dice_below(&d, 31);
	t->rare = 20 + dice_below(&d, 200);
	t->lpis = 1 + dice_below(&d, 24);
}

static bool is_v3(const struct world_gic *w)
{
	return w->ref.version == 3;
}

static uint32_t some_spi(struct world_gic *w, struct dice *d)
{
	return w->taste.spi + dice_below(d, w->taste.spis);
}

static uint32_t some_irq(struct world_gic *w, struct dice *d)
{
	if (dice_once(d, 4))
		return dice_below(d, 32);
	return some_spi(w, d);
}

static uint8_t some_prio(struct world_gic *w, struct dice *d)
{
	return w->taste.prio[dice_below(d, w->taste.prios)];
}

/* ---- registers with a field per interrupt -------------------------------- */

/* An access to the array at @array of @bits an interrupt that has @intid. */
static void array_step(struct world_gic *w, struct dice *d, struct step *step,
		       uint32_t array, unsigned int bits, uint32_t intid,
		       bool write)
{
	unsigned int len = bits == 8 ? (dice_once(d, 3) ? 4 : 1) : 4;
	uint32_t off = array + (intid * bits / 8 & ~(len - 1));
	bool redist = is_v3(w) && intid < 32;

	step->len = len;
	if (redist) {
		uint32_t owner = dice_below(d, w->ref.vcpus);

		step->kind = write ? STEP_GICR_WRITE : STEP_GICR_READ;
		step->at = owner << 20 | GICR_SGI | off;
	} else {
		step->kind = write ? STEP_GICD_WRITE : STEP_GICD_READ;
		step->at = off;
	}
}

/* Few bits, of which @intid's is one; or any. */
static uint64_t some_bits(struct dice *d, uint32_t intid)
{
	uint64_t val = UINT64_C(1) << intid % 32;

	if (dice_once(d, 8))
		return (uint32_t)dice_u64(d);
	while (dice_once(d, 2))
		val |= UINT64_C(1) << dice_below(d, 32);
	return val;
}

static void bits_step(struct world_gic *w, struct dice *d, struct step *step)
{
	static const uint32_t arrays[] = {
		GICD_ISENABLER, GICD_ISENABLER, GICD_ISENABLER, GICD_ICENABLER,
		GICD_ISPENDR,   GICD_ISPENDR,   GICD_ISPENDR,   GICD_ICPENDR,
		GICD_ISACTIVER, GICD_ICACTIVER, GICD_ICACTIVER, GICD_IGROUPR,
	};
	uint32_t intid = some_irq(w, d);

	array_step(w, d, step, arrays[dice_below(d, 12)], 1, intid, true);
	step->val = some_bits(d, intid);
}

static void prio_step(struct world_gic *w, struct dice *d, struct step *step)
{
	uint32_t intid = some_irq(w, d);

	array_step(w, d, step, GICD_IPRIORITYR, 8, intid, true);
	for (unsigned int i = 0; i < step->len; i++)
		step->val |= (uint64_t)some_prio(w, d) << 8 * i;
}

static void route_step(struct world_gic *w, struct dice *d, struct step *step)
{
	uint32_t intid = some_spi(w, d);

	if (!is_v3(w)) {
		array_step(w, d, step, GICD_ITARGETSR, 8, intid, true);
		step->val = (uint32_t)dice_u64(d);
		if (step->len == 1)
			step->val &= 0xff;
		return;
	}
	step->kind = STEP_GICD_WRITE;
	step->at = GICD_IROUTER + 8 * intid + (dice_once(d, 16) ? 4 : 0);
	step->len = step->at & 4 || dice_once(d, 2) ? 4 : 8;
	/* Sometimes to nobody. */
	step->val = dice_below(d, w->ref.vcpus + dice_once(d, 8));
}

static void trigger_step(struct world_gic *w, struct dice *d, struct step *step)
{
	uint32_t intid = some_irq(w, d), spi;

	array_step(w, d, step, GICD_ICFGR, 2, intid, true);
	/* Few change; private ones never do. */
	if (intid < 32)
		step->val = (uint32_t)dice_u64(d);
	for (spi = intid & ~15u; intid >= 32 && spi < (intid & ~15u) + 16;
	     spi++)
		if (w->ref.spi[spi].edge != dice_once(d, 8))
			step->val |= 2u << spi % 16 * 2;
}

/* GICv2: bytes of senders. */
static void sgi_pending_step(struct world_gic *w, struct dice *d,
			     struct step *step)
{
	step->kind = STEP_GICD_WRITE;
	step->len = 1;
	step->at = (dice_once(d, 2) ? GICD_CPENDSGIR : GICD_SPENDSGIR) +
		   dice_below(d, 16);
	step->val = dice_below(d, 1 << w->ref.vcpus);
}

static void array_read_step(struct world_gic *w, struct dice *d,
			    struct step *step)
{
	static const struct {
		uint32_t at;
		unsigned int bits;
	} arrays[] = {
		{GICD_ISENABLER, 1}, {GICD_ICENABLER, 1}, {GICD_ISPENDR, 1},
		{GICD_ICPENDR, 1},   {GICD_ISACTIVER, 1}, {GICD_ICACTIVER, 1},
		{GICD_IGROUPR, 1},   {GICD_ICFGR, 2},     {GICD_IPRIORITYR, 8},
		{GICD_ITARGETSR, 8},
	};
	unsigned int i = dice_below(d, is_v3(w) ? 9 : 10);
	uint32_t intid =
		dice_once(d, 8) ? dice_below(d, w->ref.irqs) : some_irq(w, d);

	array_step(w, d, step, arrays[i].at, arrays[i].bits, intid, false);
	if (dice_once(d, 12)) {
		step->kind = STEP_GICD_READ;
		step->len = 4;
		step->at = dice_once(d, 2) ? GICD_CTLR : GICD_IGROUPR;
		if (!is_v3(w) && dice_once(d, 2))
			step->at = (dice_once(d, 2) ? GICD_CPENDSGIR
						    : GICD_SPENDSGIR) +
				   4 * dice_below(d, 4);
		if (is_v3(w) && dice_once(d, 2))
			step->at = GICD_IROUTER + 8 * some_spi(w, d);
	}
}

/* ---- what a guest does about its interrupts ------------------------------ */

static uint32_t iar_of(const struct world_gic *w, struct dice *d)
{
	bool alias = dice_once(d, 3);

	if (is_v3(w))
		return alias ? ICC_IAR0 : ICC_IAR1;
	return alias ? GICC_AIAR : GICC_IAR;
}

static void cpu_read(struct world_gic *w, struct step *step, uint32_t at)
{
	step->kind = is_v3(w) ? STEP_ICC_READ : STEP_GICC_READ;
	step->at = at;
}

static void cpu_write(struct world_gic *w, struct step *step, uint32_t at,
		      uint64_t val)
{
	step->kind = is_v3(w) ? STEP_ICC_WRITE : STEP_GICC_WRITE;
	step->at = at;
	step->val = val;
}

static bool is_iar(const struct world_gic *w, uint32_t at)
{
	return is_v3(w) ? at == ICC_IAR0 || at == ICC_IAR1
			: at == GICC_IAR || at == GICC_AIAR;
}

static uint32_t eoir_for(const struct world_gic *w, uint32_t iar)
{
	if (is_v3(w))
		return iar == ICC_IAR0 ? ICC_EOIR0 : ICC_EOIR1;
	return iar == GICC_IAR ? GICC_EOIR : GICC_AEOIR;
}

void steps_gic_seen(struct world_gic *w, const struct step *step, uint64_t val)
{
	unsigned int v = step->vcpu, n = w->guest[v].n;

	if (step->kind != STEP_ICC_READ && step->kind != STEP_GICC_READ)
		return;
	if (!is_iar(w, step->at) || ((val & 0x3ff) >= 1020 && val < REF_LPI) ||
	    n == 64)
		return;
	w->guest[v].id[n] = val;
	w->guest[v].off[n] = step->at;
	w->guest[v].n++;
}

static void eoi_step(struct world_gic *w, struct dice *d, struct step *step)
{
	unsigned int v = step->vcpu, n = w->guest[v].n, i = n - 1;

	if (!n) {
		cpu_read(w, step, iar_of(w, d));
		return;
	}
	/* Now and then out of order, as no guest should. */
	if (dice_once(d, 40))
		i = dice_below(d, n);
	cpu_write(w, step, eoir_for(w, w->guest[v].off[i]), w->guest[v].id[i]);
	if (w->guest[v].nr_dropped < 64)
		w->guest[v].dropped[w->guest[v].nr_dropped++] =
			w->guest[v].id[i];
	w->guest[v].n = n - 1;
	memmove(&w->guest[v].id[i], &w->guest[v].id[i + 1],
		(n - 1 - i) * sizeof(w->guest[v].id[0]));
	memmove(&w->guest[v].off[i], &w->guest[v].off[i + 1],
		(n - 1 - i) * sizeof(w->guest[v].off[0]));
}

static void dir_step(struct world_gic *w, struct dice *d, struct step *step)
{
	unsigned int v = step->vcpu, n = w->guest[v].nr_dropped;
	uint32_t dir = is_v3(w) ? ICC_DIR : GICC_DIR, i;

	if (!n || dice_once(d, 30)) {
		cpu_write(w, step, dir, some_irq(w, d));
		return;
	}
	i = dice_below(d, n);
	cpu_write(w, step, dir, w->guest[v].dropped[i]);
	w->guest[v].dropped[i] = w->guest[v].dropped[n - 1];
	w->guest[v].nr_dropped--;
}

static void sgi_step(struct world_gic *w, struct dice *d, struct step *step)
{
	static const uint32_t regs[] = {ICC_SGI1R, ICC_SGI1R, ICC_ASGI1R,
					ICC_SGI0R};
	uint64_t intid = dice_below(d, 16);

	if (!is_v3(w)) {
		step->kind = STEP_GICD_WRITE;
		step->at = GICD_SGIR;
		step->len = 4;
		step->val = intid | dice_below(d, 256) << 16 |
			    (dice_once(d, 4) ? dice_below(d, 4) << 24 : 0);
		return;
	}
	step->kind = STEP_ICC_WRITE;
	step->at = regs[dice_below(d, 4)];
	step->val = intid << 24 | dice_below(d, 16);
	if (dice_once(d, 8))
		step->val |= UINT64_C(1) << 40;
	if (dice_once(d, 20))
		step->val |= UINT64_C(1) << (dice_once(d, 2) ? 16 : 32);
}

static void cpu_status_step(struct world_gic *w, struct dice *d,
			    struct step *step)
{
	static const uint32_t v3[] = {
		ICC_HPPIR0, ICC_HPPIR1,  ICC_HPPIR1, ICC_RPR,  ICC_AP0R0,
		ICC_AP1R0,  ICC_PMR,     ICC_BPR0,   ICC_BPR1, ICC_CTLR,
		ICC_SRE,    ICC_IGRPEN0, ICC_IGRPEN1};
	static const uint32_t v2[] = {GICC_HPPIR, GICC_HPPIR, GICC_AHPPIR,
				      GICC_RPR,   GICC_APR,   GICC_PMR,
				      GICC_BPR,   GICC_ABPR,  GICC_CTLR};

	cpu_read(w, step,
		 is_v3(w) ? v3[dice_below(d, ARRAY_SIZE(v3))]
			  : v2[dice_below(d, ARRAY_SIZE(v2))]);
}

/* ---- what is seldom ------------------------------------------------------ */

static void cpu_config_v2_step(struct world_gic *w, struct dice *d,
			       struct step *step)
{
	switch (dice_below(d, 4)) {
	case 0:
		cpu_write(w, step, GICC_CTLR,
			  dice_once(d, 3) ? dice_u64(d) & 0x21f
					  : 0x7 | (dice_u64(d) & 0x208));
		break;
	case 1: cpu_write(w, step, GICC_BPR, dice_below(d, 8)); break;
	case 2: cpu_write(w, step, GICC_ABPR, dice_below(d, 8)); break;
	case 3: cpu_write(w, step, GICC_APR, dice_u64(d) & dice_u64(d)); break;
	}
}

static void cpu_config_v3_step(struct world_gic *w, struct dice *d,
			       struct step *step)
{
	switch (dice_below(d, 6)) {
	case 0: cpu_write(w, step, ICC_CTLR, dice_below(d, 4)); break;
	case 1: cpu_write(w, step, ICC_BPR0, dice_below(d, 8)); break;
	case 2: cpu_write(w, step, ICC_BPR1, dice_below(d, 8)); break;
	case 3: cpu_write(w, step, ICC_IGRPEN0, !dice_once(d, 3)); break;
	case 4: cpu_write(w, step, ICC_IGRPEN1, !dice_once(d, 3)); break;
	case 5:
		cpu_write(w, step, dice_once(d, 2) ? ICC_AP0R0 : ICC_AP1R0,
			  dice_once(d, 2) ? 0 : (uint32_t)dice_u64(d));
		break;
	}
}

static void rare_step(struct world_gic *w, struct dice *d, struct step *step)
{
	switch (dice_below(d, 4)) {
	case 0:
		step->kind = STEP_GICD_WRITE;
		step->at = GICD_CTLR;
		step->len = 4;
		step->val = dice_once(d, 4) ? 0 : 3;
		break;
	case 1: trigger_step(w, d, step); break;
	default:
		if (is_v3(w))
			cpu_config_v3_step(w, d, step);
		else
			cpu_config_v2_step(w, d, step);
	}
}

static void mask_step(struct world_gic *w, struct dice *d, struct step *step)
{
	uint8_t pmr = dice_once(d, 3) ? some_prio(w, d) : 0xff;

	cpu_write(w, step, is_v3(w) ? ICC_PMR : GICC_PMR, pmr);
}

/* ---- LPIs ---------------------------------------------------------------- */

static void its_step(struct world_gic *w, struct dice *d, struct step *step)
{
	static const uint32_t ops[] = {
		ITS_MAPTI,  ITS_MAPTI,  ITS_MAPTI,   ITS_MAPC, ITS_MAPC,
		ITS_MAPD,   ITS_MOVI,   ITS_MOVI,    ITS_INT,  ITS_INT,
		ITS_INT,    ITS_CLEAR,  ITS_DISCARD, ITS_INV,  ITS_INV,
		ITS_INVALL, ITS_MOVALL,
	};
	struct its_fields f = {
		.device = dice_below(d, REF_DEVICES),
		.event = dice_below(d, REF_EVENTS),
		.coll = dice_below(d, REF_COLLS),
		.target = dice_below(d, w->ref.vcpus + dice_once(d, 16)),
		.target2 = dice_below(d, w->ref.vcpus + dice_once(d, 16)),
		.valid = !dice_once(d, 10),
		.bits = dice_once(d, 6) ? dice_below(d, 4) : 3,
		.lpi = dice_below(d, w->taste.lpis),
	};

	step->kind = STEP_ITS;
	step->at = ops[dice_below(d, ARRAY_SIZE(ops))];
	if (step->at == ITS_MAPD && !dice_once(d, 3))
		f.valid = 1;
	step->val = its_fields_pack(&f);
}

static void lpi_step(struct world_gic *w, struct dice *d, struct step *step)
{
	switch (dice_below(d, 10)) {
	case 0:
	case 1:
		step->kind = STEP_LPI_CONFIG;
		step->at = dice_below(d, w->taste.lpis);
		step->val = (some_prio(w, d) & 0xfe) | !dice_once(d, 5);
		break;
	case 2:
		step->kind = STEP_LPI_PENDING;
		step->at = dice_below(d, w->taste.lpis);
		step->val = dice_once(d, 2);
		break;
	case 3:
	case 4: its_step(w, d, step); break;
	case 5:
		step->kind = STEP_GICR_WRITE;
		step->len = dice_once(d, 2) ? 4 : 8;
		step->at = GICR_INVLPIR;
		step->val = REF_LPI + dice_below(d, w->taste.lpis);
		if (dice_once(d, 4))
			step->at = GICR_INVALLR;
		if (dice_once(d, 6)) {
			step->at = GICR_CTLR;
			step->val = !dice_once(d, 4);
			step->len = 4;
		}
		step->at |= dice_below(d, w->ref.vcpus) << 20;
		break;
	default:
		step->kind = STEP_MSI;
		step->at = dice_below(d, REF_DEVICES) << 16 |
			   dice_below(d, REF_EVENTS);
	}
}

/* ---- all ----------------------------------------------------------------- */

static void line_step(struct world_gic *w, struct dice *d, struct step *step)
{
	step->kind = STEP_LINE;
	step->at = dice_once(d, 4) ? 16 + dice_below(d, 16) : some_spi(w, d);
	step->val = !dice_once(d, 3);
}

void steps_gic_make(void *world, struct dice *d, struct step *step)
{
	struct world_gic *w = world;
	unsigned int what = dice_below(d, 100);

	memset(step, 0, sizeof(*step));
	step->vcpu = dice_below(d, w->ref.vcpus);
	step->len = 4;
	if (w->ref.counted && dice_once(d, 4)) {
		step->kind = STEP_TIME;
		step->val = dice_once(d, 3) ? 200 : dice_below(d, 60);
	} else if (dice_once(d, w->taste.rare))
		rare_step(w, d, step);
	else if (dice_once(d, 40))
		mask_step(w, d, step);
	else if (dice_once(d, 50))
		trigger_step(w, d, step);
	else if (what < 14)
		line_step(w, d, step);
	else if (what < 30)
		cpu_read(w, step, iar_of(w, d));
	else if (what < 48)
		eoi_step(w, d, step);
	else if (what < 52)
		dir_step(w, d, step);
	else if (what < 60)
		sgi_step(w, d, step);
	else if (what < 70)
		bits_step(w, d, step);
	else if (what < 73)
		prio_step(w, d, step);
	else if (what < 75)
		route_step(w, d, step);
	else if (what < 77 && !w->ref.counted)
		step->kind = STEP_PUT;
	else if (what < 83)
		array_read_step(w, d, step);
	else if (what < 90)
		cpu_status_step(w, d, step);
	else if (is_v3(w))
		lpi_step(w, d, step);
	else if (what < 92)
		sgi_pending_step(w, d, step);
	else
		line_step(w, d, step);
}
