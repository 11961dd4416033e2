/* SPDX-License-Identifier: MIT */
/*
 * What acknowledging costs with everything pending: all SPIs that a GICv3 can
 * have and 8192 LPIs, against a single one. Both are measured in turns, and the
 * best of many counts, so that a busy machine doesn't matter.
 */
#include <stdlib.h>
#include <time.h>

#include "its-fake.h"

#define SPIS    (992 - 32) /* Linux takes no more */
#define LPIS    8192u
#define BATCH   64
#define BATCHES 400

static uint64_t thread_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static void pins_ignored(struct device_vm *vm, unsigned int index,
			 uint32_t pins)
{
}

/* Nothing of Check's is in what is measured: its macros take microseconds. */
static struct fake_vm *load_new(struct device_vm_ops *ops)
{
	struct fake_vm *f;

	fake_irqs(32 + SPIS);
	f = its_new(1);
	fake_irqs(0);
	*ops = *f->vm.ops;
	ops->set_pins = pins_ignored;
	f->vm.ops = ops;
	for (unsigned int i = 32; i < 32 + SPIS; i++)
		mmio_wr(f, 0, FAKE_DIST + GICD_IPRIORITYR + i, 1, 0x80);
	for (unsigned int i = 4; i < 128; i++)
		GICD_W(f, 0, GICD_ISENABLER + i, 0xffffffff);
	its_mapc(f, 0, 0);
	for (unsigned int i = 0; i < LPIS; i++) {
		lpi_prop(f, 8192 + i, 0x81);
		if (i % 512 == 0)
			its_mapd(f, i / 512, ITT(i / 512), 9);
		its_mapti(f, i / 512, i % 512, 8192 + i, 0);
	}
	return f;
}

static void pend_all(struct fake_vm *f)
{
	for (unsigned int i = 32; i < 32 + SPIS; i++)
		ok(gic_set_line(f->gic, 0, i, true, NULL));
	for (unsigned int i = 0; i < LPIS; i++)
		ck_assert_int_eq(its_msi(f, i / 512, i % 512), 1);
}

static uint32_t take(struct fake_vm *f)
{
	uint64_t id = 0;

	gic_icc_read(f->gic, 0, ICC_IAR1, &id);
	gic_icc_write(f->gic, 0, ICC_EOIR1, id);
	return id;
}

/* Nanoseconds of a batch that pends @id, which is then taken. */
static uint64_t batch(struct fake_vm *f, uint32_t id)
{
	uint64_t ns = thread_ns();
	unsigned int taken = 0;

	for (unsigned int i = 0; i < BATCH; i++) {
		gic_set_line(f->gic, 0, id, true, NULL);
		taken += take(f) == id;
	}
	ns = thread_ns() - ns;
	ck_assert_uint_eq(taken, BATCH);
	return ns;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The best interrupt comes and goes above all others. */
START_TEST(above_all)
{
	struct device_vm_ops ops[2];
	struct fake_vm *one = load_new(&ops[0]), *all = load_new(&ops[1]);
	uint64_t alone = UINT64_MAX, loaded = UINT64_MAX;

	pend_all(all);
	mmio_wr(one, 0, FAKE_DIST + GICD_IPRIORITYR + SPI, 1, 0x40);
	mmio_wr(all, 0, FAKE_DIST + GICD_IPRIORITYR + SPI, 1, 0x40);
	ck_assert_uint_eq(take(all), SPI);
	for (unsigned int i = 0;
	     i < BATCHES || (i < 20 * BATCHES && loaded > 2 * alone); i++) {
		alone = lower(alone, batch(one, SPI));
		loaded = lower(loaded, batch(all, SPI));
	}
	ck_assert_msg(loaded <= 2 * alone, "%lu ns, alone %lu",
		      (unsigned long)loaded / BATCH,
		      (unsigned long)alone / BATCH);
	fake_free(one);
	fake_free(all);
}
END_TEST

/* Than twice, of each interrupt. */
static bool is_more(uint64_t loaded, uint64_t alone)
{
	return loaded / (SPIS + LPIS) > 2 * alone / BATCH;
}

/* Everything is taken, one after another: SPIs first, in order of coming. */
START_TEST(all_of_them)
{
	struct device_vm_ops ops[2];
	struct fake_vm *one = load_new(&ops[0]), *all = load_new(&ops[1]);
	uint64_t alone = UINT64_MAX, loaded = UINT64_MAX, ns;
	static uint32_t taken[SPIS + LPIS];

	for (unsigned int i = 0; i < 20 || (i < 400 && is_more(loaded, alone));
	     i++) {
		for (unsigned int j = 0; j < BATCHES / 20; j++)
			alone = lower(alone, batch(one, SPI));
		pend_all(all);
		ns = thread_ns();
		for (unsigned int j = 0; j < SPIS + LPIS; j++)
			taken[j] = take(all);
		loaded = lower(loaded, thread_ns() - ns);
		for (unsigned int j = 0; j < SPIS + LPIS; j++)
			ck_assert_uint_eq(taken[j],
					  j < SPIS ? 32 + j : 8192 + j - SPIS);
		ck_assert_uint_eq(take(all), 1023);
	}
	ck_assert_msg(!is_more(loaded, alone), "%lu ns, alone %lu",
		      (unsigned long)loaded / (SPIS + LPIS),
		      (unsigned long)alone / BATCH);
	fake_free(one);
	fake_free(all);
}
END_TEST

Suite *gic_load_suite(void)
{
	Suite *s = suite_create("gic-load");
	TCase *t = tcase_create("acknowledge");

	tcase_set_timeout(t, 240);
	tcase_add_test(t, above_all);
	tcase_add_test(t, all_of_them);
	suite_add_tcase(s, t);
	return s;
}
