/* SPDX-License-Identifier: MIT */
/*
 * Differential instruction test: random A64 streams on src/cpu (at EL0, MMU
 * on) and under qemu-aarch64, every general, vector, flag, FPCR and FPSR bit
 * and the touched memory compared. See usage() and tests/cpu/insn-README.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "jit/jit.h"
#include "tests/cpu/insn-native.h"
#include "tests/cpu/insn-show.h"
#include "tests/isa/insn-gen-a32.h"

static struct diff_batch *batches;
static struct diff_batch *native; /* this core's copy of a batch's results */
static const struct insn_row
	*case_rows[DIFF_BATCHES][DIFF_CASES][DIFF_MAX_INSNS];
static bool translate, with_sve;
static int to_runner, from_runner;

/* ---- qemu-aarch64 -------------------------------------------------------- */

static void runner_start(const char *qemu, const char *model,
			 const char *runner)
{
	int in[2], out[2], shm = memfd_create("insn-diff", MFD_CLOEXEC);
	size_t size = DIFF_BATCHES * sizeof(*batches);

	if (shm < 0 || ftruncate(shm, size) || pipe2(in, O_CLOEXEC) ||
	    pipe2(out, O_CLOEXEC)) {
		perror("insn-diff");
		exit(1);
	}
	batches = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, shm, 0);
	native = calloc(1, sizeof(*native));
	if (batches == MAP_FAILED || !native) {
		perror("insn-diff");
		exit(1);
	}
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* dup2() to the same number would keep close-on-exec */
		shm = fcntl(shm, F_DUPFD, 10);
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 ||
		    dup2(shm, DIFF_SHM_FD) < 0)
			_exit(126);
		close(shm);
		execlp(qemu, qemu, "-cpu", model, runner, (char *)NULL);
		perror(qemu);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	to_runner = in[1];
	from_runner = out[0];
}

/* The runner ends when nobody can ask any more. */
static void runner_stop(void)
{
	close(to_runner);
	close(from_runner);
	munmap(batches, DIFF_BATCHES * sizeof(*batches));
	free(native);
	wait(NULL);
}

/* DC ZVA writes as much as our core says on one of the two only. */
static const char *model_of(int group)
{
	return group == GEN_LDST ? "cortex-a76" : "max";
}

static void runner_submit(unsigned char i)
{
	if (write(to_runner, &i, 1) != 1) {
		fprintf(stderr, "insn-diff: the runner is gone\n");
		exit(1);
	}
}

static void runner_wait(unsigned char i)
{
	unsigned char got;

	if (read(from_runner, &got, 1) != 1 || got != i) {
		fprintf(stderr, "insn-diff: the runner died in a batch\n");
		exit(1);
	}
}

/* ---- running ------------------------------------------------------------- */

/* Run the one case in batch @b on both sides again. */
static bool rerun(unsigned int b)
{
	batches[b].n = 1;
	runner_submit(b);
	runner_wait(b);
	native_batch(&batches[b], native);
	return cases_equal(&batches[b].cases[0], &native->cases[0]);
}

/*
 * A stream differs: find the shortest prefix that does, then its last
 * instruction alone from the state before it. @rows: of its instructions.
 * Returns the guilty row.
 */
static const struct insn_row *minimise(unsigned int b,
				       const struct diff_case *bad,
				       const struct diff_case *bad_native,
				       const struct insn_row *const *rows,
				       bool show)
{
	struct diff_case *c = &batches[b].cases[0];
	struct diff_case before = *bad;
	const struct diff_case *n = &native->cases[0];
	unsigned int k, k0 = 1;

	if (bad->n > 1) {
		for (k = 1; k < bad->n; k++) {
			*c = *bad;
			c->n = c->n_words = k;
			gen_finish(c);
			if (!rerun(b))
				break;
			before = *c; /* equal on both sides */
		}
		if (k > 1) { /* instruction k alone, from that state */
			*c = *bad;
			c->in = before.out;
			c->sve_in = before.sve_out;
			memcpy(c->mem_in, before.mem_out, sizeof(c->mem_in));
			memcpy(c->tags_in, before.tags_out, sizeof(c->tags_in));
			c->words[1] = bad->words[k];
			c->n = c->n_words = 1;
			gen_finish(c);
			k0 = k;
			if (rerun(b)) { /* it needs what came before */
				*c = *bad;
				c->n = c->n_words = k;
				gen_finish(c);
				k0 = 1;
				if (rerun(b)) { /* or on other cases */
					*c = *bad;
					n = bad_native;
				}
			}
		}
	} else {
		k = 1;
		*c = *bad;
		if (rerun(b)) {
			*c = *bad;
			n = bad_native;
		}
	}
	if (!show)
		return rows[k - 1];
	printf("MISMATCH %s", rows[k - 1]->name);
	if (k0 != k)
		printf(" (only after the instructions before it)");
	if (n == bad_native)
		printf(" (not repeatable)");
	printf("\n");
	print_case(c, n, rows + k0 - 1);
	return rows[k - 1];
}

struct tally {
	uint64_t runs, bad;
};

struct options {
	uint64_t seed, count;
	const char *row;
	int group;
	unsigned int max_stream, shown;
	bool sve;    /* for groups that aren't, too */
	bool interp; /* not by the translator as well */
};

static struct tally *tallies; /* by row */

/* The tables, one after the other. */
#define NR_TABLES (1 + NR_SPACES)
static const struct insn_row *table_rows(unsigned int table, unsigned int *n)
{
	return table ? a32_space_rows(table - 1, n) : insn_rows(n);
}

/* The row of index @at among all; NULL behind the last. */
static const struct insn_row *row_at(unsigned int at, enum gen_group *group)
{
	unsigned int n;

	for (unsigned int t = 0; t < NR_TABLES; t++, at -= n) {
		const struct insn_row *rows = table_rows(t, &n);

		if (at >= n)
			continue;
		*group = t ? a32_row_group(t - 1, &rows[at])
			   : gen_row_group(&rows[at]);
		return &rows[at];
	}
	return NULL;
}

static unsigned int count_rows(void)
{
	enum gen_group g;
	unsigned int n = 0;

	while (row_at(n, &g))
		n++;
	return n;
}

static unsigned int row_index(const struct insn_row *row)
{
	unsigned int n, before = 0;

	for (unsigned int t = 0; t < NR_TABLES; t++, before += n) {
		const struct insn_row *rows = table_rows(t, &n);

		if (row >= rows && row < rows + n)
			return before + (row - rows);
	}
	abort();
}

static uint64_t make_batch(unsigned int b, enum gen_group g,
			   const struct insn_row *only, const struct options *o)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < DIFF_CASES; i++) {
		static const uint32_t lengths[] = {16, 32, 48, 256};
		struct diff_case *c = &batches[b].cases[i];

		/* As few changes as will do: each is a system call. */
		c->vl = with_sve ? lengths[i * ARRAY_SIZE(lengths) / DIFF_CASES]
				 : 0;
		if (!gen_case(c, g, i, only, o->max_stream, case_rows[b][i])) {
			printf("insn-diff: group %s: no encoding of %s is "
			       "accepted\n",
			       gen_group_names[g],
			       only ? only->name : "some row");
			exit(1);
		}
		n += c->n;
	}
	batches[b].n = DIFF_CASES;
	return n;
}

/* Returns the number of cases that differ. */
static unsigned int check_batch(unsigned int b, const struct options *o)
{
	static struct diff_case bad[DIFF_CASES], bad_native[DIFF_CASES];
	static unsigned int which[DIFF_CASES];
	unsigned int n = 0;

	for (unsigned int i = 0; i < batches[b].n; i++) {
		struct diff_case *q = &batches[b].cases[i];

		for (unsigned int k = 0; k < q->n; k++)
			tallies[row_index(case_rows[b][i][k])].runs++;
		if (!cases_equal(q, &native->cases[i])) {
			bad[n] = *q;
			bad_native[n] = native->cases[i];
			which[n++] = i;
		}
	}
	for (unsigned int i = 0; i < n; i++) {
		const struct insn_row *const *rows = case_rows[b][which[i]];
		const struct insn_row *row =
			minimise(b, &bad[i], &bad_native[i], rows, false);

		if (tallies[row_index(row)].bad++ < o->shown)
			minimise(b, &bad[i], &bad_native[i], rows, true);
	}
	return n;
}

/* make check has no time for all of all. */
static uint64_t default_count(enum gen_group g)
{
	bool briefly = gen_group_is_a32(g) || g == GEN_MTE;

	return briefly && !getenv("FAUXKVM_LONG") ? 20000 : 200000;
}

static bool run_group(enum gen_group g, const struct insn_row *only,
		      const struct options *o)
{
	uint64_t done = 0, bad = 0, count = o->count ?: default_count(g);
	struct timespec t0, t1;
	unsigned int b = 0;

	with_sve = o->sve || gen_group_is_sve(g) || g == GEN_MTE;
	native_set_sve(with_sve);
	native_regime(g == GEN_MTE);
	clock_gettime(CLOCK_MONOTONIC, &t0);
	while (done < count && bad < 3000) {
		done += make_batch(b, g, only, o);
		runner_submit(b);
		/* What IRG goes on from only the runner knows. */
		if (g == GEN_MTE)
			runner_wait(b);
		native_batch(&batches[b], native);
		if (g != GEN_MTE)
			runner_wait(b);
		bad += check_batch(b, o);
	}
	clock_gettime(CLOCK_MONOTONIC, &t1);
	printf("%-10s %8llu instructions, %llu streams differ, %.1f s\n",
	       gen_group_names[g], (unsigned long long)done,
	       (unsigned long long)bad,
	       t1.tv_sec - t0.tv_sec + (t1.tv_nsec - t0.tv_nsec) * 1e-9);
	fflush(stdout);
	return !bad;
}

static void report_rows(void)
{
	const struct insn_row *row;
	enum gen_group g;

	for (unsigned int i = 0; (row = row_at(i, &g)); i++)
		if (tallies[i].bad)
			printf("  %-24s %llu of %llu differ\n", row->name,
			       (unsigned long long)tallies[i].bad,
			       (unsigned long long)tallies[i].runs);
}

static void usage(void)
{
	printf("usage: insn-diff [--seed N] [--count N] [--group NAME] "
	       "[--row NAME] [--single] [--shown N]\n"
	       "                 [--qemu PATH] [--cpu MODEL] "
	       "[--runner FILE] [--interp] [--jit] [--jit-isa NAME] "
	       "[--list]\n"
	       "Runs random instruction streams on src/cpu and under "
	       "qemu-aarch64 and compares.\n"
	       "  --seed N    repeat a run (default: the time)\n"
	       "  --count N   instructions per group (default 200000, of A32, "
	       "T32 and mte 20000 without FAUXKVM_LONG)\n"
	       "  --group G   only this group (int branch ldst atomic fp simd "
	       "crypto, a32-int a32-branch\n"
	       "              a32-ldst t32-int t32-branch t32-ldst\n"
	       "              sve-pred sve-int sve-fp sve-ldst sve-mm\n"
	       "              sve2-int sve2-fp mte)\n"
	       "  --row NAME  only this row of the decode table\n"
	       "  --single    streams of one instruction\n"
	       "  --shown N   mismatches shown per row (default 1)\n"
	       "  --interp    by the interpreter alone\n"
	       "  --jit       by the translator, each block at once\n"
	       "  --jit-isa I the same with no more of the host than all, avx, "
	       "v2, sse2\n"
	       "  --sve       compare Z, P and FFR in groups of A64, too\n"
	       "  --list      print the rows of each group\n");
}

static const struct insn_row *find_row(const char *name, enum gen_group *g)
{
	const struct insn_row *row;

	for (unsigned int i = 0; (row = row_at(i, g)); i++)
		if (!strcmp(row->name, name))
			return row;
	fprintf(stderr, "insn-diff: no row %s\n", name);
	exit(2);
}

/* Of AArch32 no other test has as many: both engines, unless one is asked for. */
static bool is_translated_too(enum gen_group g, const struct options *o)
{
	switch (g) {
	case GEN_A32_INT:
	case GEN_A32_BRANCH:
	case GEN_A32_LDST:
	case GEN_T32_INT:
	case GEN_T32_BRANCH:
	case GEN_T32_LDST: break;
	default: return false;
	}
	return o->group < 0 && !translate && !o->interp && !jit_missing();
}

static void set_isa(const char *name)
{
	unsigned int isa = 0;

	while (jit_isa_names[isa] && strcmp(jit_isa_names[isa], name))
		isa++;
	if (!jit_isa_names[isa]) {
		fprintf(stderr, "insn-diff: no instruction set %s\n", name);
		exit(2);
	}
	jit_set_isa(isa);
}

static int find_group(const char *name)
{
	for (int g = 0; g < NR_GEN_GROUPS; g++)
		if (!strcmp(gen_group_names[g], name))
			return g;
	fprintf(stderr, "insn-diff: no group %s\n", name);
	exit(2);
}

static void list_rows(void)
{
	const struct insn_row *row;
	enum gen_group g;

	for (unsigned int i = 0; (row = row_at(i, &g)); i++)
		printf("%-10s %s\n",
		       g < NR_GEN_GROUPS ? gen_group_names[g] : "-", row->name);
}

static bool group_has_rows(int group)
{
	enum gen_group g;

	for (unsigned int i = 0; row_at(i, &g); i++)
		if ((int)g == group)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"seed", 1, NULL, 's'},    {"count", 1, NULL, 'c'},
		{"group", 1, NULL, 'g'},   {"row", 1, NULL, 'r'},
		{"single", 0, NULL, '1'},  {"shown", 1, NULL, 'n'},
		{"qemu", 1, NULL, 'q'},    {"cpu", 1, NULL, 'm'},
		{"runner", 1, NULL, 'R'},  {"list", 0, NULL, 'l'},
		{"interp", 0, NULL, 'I'},  {"jit", 0, NULL, 'j'},
		{"jit-isa", 1, NULL, 'i'}, {"sve", 0, NULL, 'v'},
		{"help", 0, NULL, 'h'},    {0},
	};
	struct options o = {.seed = time(NULL),
			    .group = -1,
			    .max_stream = DIFF_MAX_INSNS,
			    .shown = 1};
	const char *qemu = "qemu-aarch64", *model = NULL;
	const char *runner = getenv("INSN_RUNNER");
	const char *runner_a32 = getenv("INSN_RUNNER_A32");
	const struct insn_row *only = NULL;
	bool ok = true;
	int opt;

	if (!runner)
		runner = "tests/cpu/insn-runner";
	if (!runner_a32)
		runner_a32 = "tests/cpu/insn-runner-a32";
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (opt) {
		case 's': o.seed = strtoull(optarg, NULL, 0); break;
		case 'c': o.count = strtoull(optarg, NULL, 0); break;
		case 'g': o.group = find_group(optarg); break;
		case 'r': o.row = optarg; break;
		case '1': o.max_stream = 1; break;
		case 'n': o.shown = strtoul(optarg, NULL, 0); break;
		case 'q': qemu = optarg; break;
		case 'm': model = optarg; break;
		case 'R': runner = optarg; break;
		case 'I': o.interp = true; break;
		case 'i': set_isa(optarg); /* fall through */
		case 'j': translate = true; break;
		case 'v': o.sve = true; break;
		case 'l': list_rows(); return 0;
		default: usage(); return opt == 'h' ? 0 : 2;
		}
	if (o.row) {
		enum gen_group g;

		only = find_row(o.row, &g);
		o.group = g;
		if (o.group == NR_GEN_GROUPS) {
			fprintf(stderr, "insn-diff: %s is not compared\n",
				o.row);
			return 2;
		}
	}
	printf("seed %llu\n", (unsigned long long)o.seed);
	gen_seed(o.seed);
	tallies = calloc(count_rows(), sizeof(*tallies));
	native_setup(translate);
	for (int g = 0; g < NR_GEN_GROUPS; g++) {
		if (o.group >= 0 && g != o.group)
			continue;
		if (!group_has_rows(g)) {
			printf("%-10s has no rows\n", gen_group_names[g]);
			ok = false;
			continue;
		}
		if (gen_group_is_a32(g))
			runner_start("qemu-arm", "max", runner_a32);
		else
			runner_start(qemu, model ?: model_of(g), runner);
		ok = run_group(g, only, &o) && ok;
		if (is_translated_too(g, &o)) {
			printf("translated:\n");
			native_translate();
			ok = run_group(g, only, &o) && ok;
			native_interpret();
		}
		runner_stop();
	}
	report_rows();
	return !ok;
}
