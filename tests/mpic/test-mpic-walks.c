/* SPDX-License-Identifier: MIT */
/*
 * Random walks over an MPIC, with what a real Linux read at each step and what
 * its guests saw of INT after it: tests/ppc/mpic-int.expected, recorded by
 * tests/slow/real-kvm-ppc. Nothing here runs a guest; the pins must be the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpic-fake.h"

struct walk {
	struct fake_vm *f;
	const struct device_type *type;
	unsigned int cpus, nr, answers;
	uint32_t epr[FAKE_VCPUS];
	unsigned int taken; /* CPUs whose guests took an interrupt by now */
};

/* As a vCPU does that finds its input high: its EPR may change. */
static void take(struct walk *w, unsigned int cpu)
{
	ck_assert_msg(w->f->pin[cpu], "line %u: INT of CPU %u", w->nr, cpu);
	mpic_take_epr(w->f->vm.irqchip, cpu, &w->epr[cpu]);
	w->taken |= 1u << cpu;
}

/* All vCPUs ran; what proxy mode acknowledged is high no more, or again. */
static void all_ran(struct walk *w)
{
	for (unsigned int i = 0; i < w->cpus; i++)
		ck_assert_msg(!w->f->pin[i] || w->taken >> i & 1,
			      "line %u: INT of CPU %u", w->nr, i);
	w->taken = 0;
}

static void step(struct walk *w, const char *line_)
{
	unsigned int a, b;
	char bits[40];

	if (!strcmp(line_, "== MPIC 2.0, int\n")) {
		w->type = &mpic_20_type;
	} else if (!strcmp(line_, "== MPIC 4.2, int\n")) {
		w->type = &mpic_42_type;
	} else if (sscanf(line_, "== a walk, %u CPUs", &w->cpus) == 1) {
		if (w->f)
			fake_free(w->f);
		w->f = fake_new(w->type, w->cpus, false);
		w->f->keep_lines = true;
		memset(w->epr, 0, sizeof(w->epr));
	} else if (sscanf(line_, "w %x %x: 0", &a, &b) == 2) {
		set_reg(w->f, a, b);
	} else if (sscanf(line_, "r %x: %x", &a, &b) == 2) {
		ck_assert_msg(reg(w->f, a) == b, "line %u: %s", w->nr, line_);
		w->answers++;
	} else if (sscanf(line_, "line %u %u: 0", &a, &b) == 2) {
		ok(attr_set(w->f, KVM_DEV_MPIC_GRP_IRQ_ACTIVE, a, &b));
	} else if (sscanf(line_, "epr %u: %x", &a, &b) == 2) {
		take(w, a);
		ck_assert_msg(w->epr[a] == b, "line %u: EPR %x", w->nr,
			      w->epr[a]);
		w->answers++;
	} else if (!strcmp(line_, "epr\n")) {
		all_ran(w);
		w->answers++;
	} else if (sscanf(line_, "int %39[01]", bits) == 1) {
		ck_assert_uint_eq(strlen(bits), w->cpus);
		for (unsigned int i = 0; i < w->cpus; i++)
			ck_assert_msg(w->f->pin[i] == (bits[i] == '1'),
				      "line %u: INT of CPU %u is %u", w->nr, i,
				      w->f->pin[i]);
		w->answers++;
	} else {
		ck_abort_msg("line %u: %s", w->nr, line_);
	}
}

START_TEST(walks)
{
	const char *src = getenv("srcdir");
	struct walk w = {.nr = 0};
	char path[4096], text[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/ppc/mpic-int.expected",
		 src ? src : ".");
	file = fopen(path, "r");
	ck_assert_msg(file, "%s", path);
	while (fgets(text, sizeof(text), file)) {
		w.nr++;
		step(&w, text);
	}
	fclose(file);
	ck_assert_uint_ge(w.answers, 3000);
	fake_free(w.f);
}
END_TEST

Suite *mpic_walks_suite(void)
{
	Suite *s = suite_create("mpic-walks");
	TCase *t = tcase_create("walks");

	tcase_add_test(t, walks);
	suite_add_tcase(s, t);
	return s;
}
