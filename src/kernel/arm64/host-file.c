/* SPDX-License-Identifier: MIT */
/*
 * Hosts as INI files, see host-file.h: [host] has a line for each property, [id]
 * one for each ID register, or field of one, that differs from the base's. What
 * a whole register says beyond what src/cpu executes is left out, as in the rows
 * of host.c; a field that is asked for by name and can't be had is refused.
 */
#include "kernel/arm64/host-file.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fauxkvm/kvm.h>

#include "base/ini-file.h"
#include "base/refuse.h"
#include "base/since.h"

#define CTR_DIC BIT(29)
/* APA, API, GPA, GPI: of a VM that has pointer authentication. */
#define ISAR1_PAUTH   (GENMASK(11, 4) | GENMASK(31, 24))
#define PAUTH_LEVELS  5 /* of APA and API that src/cpu has: FPACCOMBINE */
#define MIN_IPA       32
#define MAX_IPA       52
#define MAX_CPUS      4096
#define MAX_COUNTERS  31
#define MAX_SVE_BITS  2048
#define VMM_PAGE_SIZE 4096

struct reading {
	struct host_file file;
	unsigned int caches;            /* CCSIDRs that lines have set */
	unsigned int seen;              /* properties, a bit each */
	uint64_t fields[CPU_MODEL_IDS]; /* bits of ids[] that lines have set */
	const char *path;
	/* Where a mistake of the line that is taken is told. */
	char *why;
	size_t size;
};

static bool wrong(struct reading *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool wrong(struct reading *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why, r->size, fmt, ap);
	va_end(ap);
	return false;
}

/* Decimal, or hexadecimal with 0x, and nothing but it. */
static bool number_read(struct reading *r, const char *value, uint64_t min,
			uint64_t max, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(value, &end, 0);
	if (!isdigit((unsigned char)*value) || *end || errno)
		return wrong(r, "not a number");
	if (*out < min || *out > max)
		return wrong(r, "not from %" PRIu64 " to %" PRIu64, min, max);
	return true;
}

/* ---- properties ---------------------------------------------------------- */

static void ids_own(struct host_file *f)
{
	f->profile.ids = f->ids;
	f->profile.name = f->name;
	f->profile.about = f->about;
	f->profile.source = NULL;
}

/* Everything but the name. */
static void base_take(struct host_file *f, const struct host_profile *base)
{
	memcpy(f->ids, base->ids, base->nr_ids * sizeof(*f->ids));
	if (base->about != f->about)
		snprintf(f->about, sizeof(f->about), "%s", base->about);
	f->profile = *base;
	ids_own(f);
}

static bool base_set(struct reading *r, const char *value)
{
	const struct host_profile *base = host_find(value);

	if (r->seen & (r->seen - 1))
		return wrong(r, "the base comes before all else");
	for (unsigned int n = 0; n < r->file.profile.nr_ids; n++)
		if (r->fields[n])
			return wrong(r, "the base comes before all else");
	if (!base)
		return wrong(r, "no host is called so, see fauxkvm list hosts");
	base_take(&r->file, base);
	return true;
}

static bool about_set(struct reading *r, const char *value)
{
	if (strlen(value) >= sizeof(r->file.about))
		return wrong(r, "more than %zu bytes",
			     sizeof(r->file.about) - 1);
	snprintf(r->file.about, sizeof(r->file.about), "%s", value);
	return true;
}

static const struct {
	const char *name;
	unsigned int version;
} kernels[] = {{"5.6", HOST_LINUX_32BIT},
	       {"6.1", LINUX(6, 1)},
	       {"6.12", LINUX(6, 12)}};

static bool kernel_set(struct reading *r, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		if (strcmp(kernels[i].name, value))
			continue;
		r->file.profile.kernel = kernels[i].version;
		return true;
	}
	return wrong(r, "none of 5.6, 6.1 and 6.12");
}

static const struct {
	const char *name;
	bool v2, v3;
} gics[] = {{"none", false, false},
	    {"2", true, false},
	    {"3", false, true},
	    {"both", true, true}};

static bool gic_set(struct reading *r, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(gics); i++) {
		if (strcmp(gics[i].name, value))
			continue;
		r->file.profile.gicv2 = gics[i].v2;
		r->file.profile.gicv3 = gics[i].v3;
		return true;
	}
	return wrong(r, "none of 2, 3, both and none");
}

static bool ipa_set(struct reading *r, const char *value)
{
	uint64_t n;

	if (!number_read(r, value, MIN_IPA, MAX_IPA, &n))
		return false;
	r->file.profile.ipa_bits = n;
	return true;
}

static bool counter_set(struct reading *r, const char *value)
{
	return number_read(r, value, 1000000, 2000000000,
			   &r->file.profile.counter_hz);
}

static bool cpus_set(struct reading *r, const char *value)
{
	uint64_t n;

	if (!number_read(r, value, 1, MAX_CPUS, &n))
		return false;
	r->file.profile.cpus = n;
	return true;
}

static bool page_size_set(struct reading *r, const char *value)
{
	uint64_t n;

	if (!number_read(r, value, 0, UINT64_MAX, &n))
		return false;
	return n == VMM_PAGE_SIZE ||
	       wrong(r, "the VMM has pages of %d bytes, and so has KVM",
		     VMM_PAGE_SIZE);
}

/* Bits, separated by commas or spaces: of a real core's, which has each power
 * of two up to the longest. */
static bool sve_lengths_set(struct reading *r, const char *value)
{
	uint64_t lengths = 0, bits;

	for (const char *c = value; *c; c += strspn(c, " ,")) {
		char *end;

		errno = 0;
		bits = strtoull(c, &end, 10);
		if (!isdigit((unsigned char)*c) || errno ||
		    (*end && *end != ' ' && *end != ','))
			return wrong(r, "not a list of numbers");
		if (!bits || bits > MAX_SVE_BITS || bits % 128)
			return wrong(r,
				     "%" PRIu64 " is no multiple of 128 up "
				     "to %d",
				     bits, MAX_SVE_BITS);
		lengths |= BIT(bits / 128 - 1);
		c = end;
	}
	for (bits = MAX_SVE_BITS; bits >= 128; bits /= 2)
		if (lengths >> (bits / 128 - 1) > 1 &&
		    !(lengths & BIT(bits / 128 - 1)))
			return wrong(r, "without %" PRIu64, bits);
	r->file.profile.sve_lengths = lengths;
	return lengths || wrong(r, "no length");
}

static bool counters_set(struct reading *r, const char *value)
{
	uint64_t n;

	if (!number_read(r, value, 0, MAX_COUNTERS, &n))
		return false;
	r->file.profile.pmu_counters = n;
	return true;
}

static bool pmu_type_set(struct reading *r, const char *value)
{
	uint64_t n;

	if (!number_read(r, value, 0, INT32_MAX, &n))
		return false;
	r->file.profile.pmu_type = n;
	return true;
}

/* Levels, in the words of the header; Linux has no others. */
static const struct {
	const char *name;
	int8_t level[3]; /* of each workaround, -1: none is called so */
} workarounds[] = {
	{"not-available",
	 {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_AVAIL,
	  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL,
	  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_AVAIL}},
	{"unknown", {-1, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN, -1}},
	{"available",
	 {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_AVAIL, -1,
	  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_AVAIL}},
	{"not-required",
	 {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED,
	  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED,
	  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_REQUIRED}},
};

static bool workaround_set(struct reading *r, unsigned int n, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(workarounds); i++) {
		if (workarounds[i].level[n] < 0 ||
		    strcmp(workarounds[i].name, value))
			continue;
		r->file.profile.workaround[n] = workarounds[i].level[n];
		return true;
	}
	return wrong(r, n == 1 ? "none of not-available, unknown and "
				 "not-required"
			       : "none of not-available, available and "
				 "not-required");
}

static bool workaround_1_set(struct reading *r, const char *value)
{
	return workaround_set(r, 0, value);
}

static bool workaround_2_set(struct reading *r, const char *value)
{
	return workaround_set(r, 1, value);
}

static bool workaround_3_set(struct reading *r, const char *value)
{
	return workaround_set(r, 2, value);
}

static const struct property {
	const char *name;
	bool (*set)(struct reading *r, const char *value);
} properties[] = {
	{"base", base_set},
	{"about", about_set},
	{"kernel", kernel_set},
	{"gic", gic_set},
	{"ipa-bits", ipa_set},
	{"counter-hz", counter_set},
	{"cpus", cpus_set},
	{"page-size", page_size_set},
	{"sve-lengths", sve_lengths_set},
	{"pmu-counters", counters_set},
	{"pmu-type", pmu_type_set},
	{"workaround-1", workaround_1_set},
	{"workaround-2", workaround_2_set},
	{"workaround-3", workaround_3_set},
};

static bool property_take(struct reading *r, const char *name,
			  const char *value)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(properties); n++) {
		if (strcmp(properties[n].name, name))
			continue;
		if (r->seen & 1u << n)
			return wrong(r, "a second time");
		r->seen |= 1u << n;
		return properties[n].set(r, value);
	}
	return wrong(r, "a host has no such property");
}

/* ---- cores that have a target of their own ------------------------------- */

#define MIDR_CORE GENMASK(31, 24) | GENMASK(15, 4)

static unsigned int host_target(uint64_t midr)
{
	static const struct {
		uint32_t core;
		unsigned int target;
	} rows[] = {
		{0x4100c0f0, HOST_TARGET_CORTEX_A15},
		{0x4100c070, HOST_TARGET_CORTEX_A7},
		{0x4100d0f0, KVM_ARM_TARGET_AEM_V8},
		{0x4100d000, KVM_ARM_TARGET_FOUNDATION_V8},
		{0x4100d030, KVM_ARM_TARGET_CORTEX_A53},
		{0x4100d070, KVM_ARM_TARGET_CORTEX_A57},
		{0x50000000, KVM_ARM_TARGET_XGENE_POTENZA},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if ((midr & (MIDR_CORE)) == rows[i].core)
			return rows[i].target;
	return KVM_ARM_TARGET_GENERIC_V8;
}

/* ---- ID registers -------------------------------------------------------- */

static const struct cpu_sysreg_info *id_row(const char *name, size_t len)
{
	const struct cpu_sysreg_info *row;

	for (unsigned int n = 0; (row = cpu_sysreg_info(n)); n++)
		if (strlen(row->name) == len && !memcmp(row->name, name, len))
			break;
	if (!row || row->flags & SYSREG_RAZ)
		return NULL;
	return row->flags & (SYSREG_ID | SYSREG_INVARIANT) ||
			       (row->flags & SYSREG_SET_MASK) ==
				       SYSREG_SET_CLIDR
		       ? row
		       : NULL;
}

/* Its place in ids[], where it is put if need be; -1: no room. */
static int id_place(struct reading *r, const struct cpu_sysreg_info *row)
{
	struct host_profile *p = &r->file.profile;

	for (unsigned int n = 0; n < p->nr_ids; n++)
		if (r->file.ids[n].enc == row->enc)
			return (int)n;
	if (p->nr_ids == CPU_MODEL_IDS)
		return -1;
	r->file.ids[p->nr_ids] = (struct cpu_id){row->enc, row->reset};
	return (int)p->nr_ids++;
}

static bool pauth_set(struct reading *r, uint64_t isar1)
{
	uint64_t apa = FIELD(isar1, 7, 4), api = FIELD(isar1, 11, 8);
	uint64_t gpa = FIELD(isar1, 27, 24), gpi = FIELD(isar1, 31, 28);

	if ((apa || gpa) && (api || gpi))
		return wrong(r, "APA and GPA exclude API and GPI");
	apa = min_u64(apa, PAUTH_LEVELS);
	api = min_u64(api, PAUTH_LEVELS);
	r->file.profile.pauth_isar1 =
		apa << 4 | api << 8 | gpa << 24 | gpi << 28;
	return true;
}

static bool id_set(struct reading *r, const struct cpu_sysreg_info *row,
		   struct cpu_id *id, uint64_t val)
{
	if (row->enc == ENC_CTR && val & CTR_DIC)
		return wrong(r, "DIC, bit 29: a guest has to say here that it "
				"wrote code");
	if (row->enc == ENC_ID_AA64ISAR1 && !pauth_set(r, val & ISAR1_PAUTH))
		return false;
	if (row->enc == ENC_MIDR)
		r->file.profile.target = host_target(val);
	id->val = row->enc == ENC_ID_AA64ISAR1 ? val & ~ISAR1_PAUTH : val;
	return true;
}

/* The value that lines before this one gave it, as a VM with all features
 * begins with it. */
static uint64_t id_now(const struct reading *r, const struct cpu_id *id)
{
	const struct cpu_sysreg_info *row = cpu_sysreg_find(id->enc);

	return cpu_id_limit(row, id->val) |
	       (id->enc == ENC_ID_AA64ISAR1 ? r->file.profile.pauth_isar1 : 0);
}

static bool register_take(struct reading *r, const struct cpu_sysreg_info *row,
			  const char *value)
{
	int n = id_place(r, row);
	uint64_t val;

	if (n < 0)
		return wrong(r, "too many registers");
	if (r->fields[n])
		return wrong(r, "a second time, or after a field of it");
	r->fields[n] = ~UINT64_C(0);
	return number_read(r, value, 0, UINT64_MAX, &val) &&
	       id_set(r, row, &r->file.ids[n], val);
}

static bool field_find(const char *reg, const char *name,
		       struct cpu_id_field *f)
{
	for (unsigned int n = 0; cpu_id_field(n, f); n++)
		if (!strcmp(f->reg, reg) && !strcmp(f->name, name))
			return true;
	return false;
}

static bool field_take(struct reading *r, const struct cpu_sysreg_info *row,
		       const char *name, const char *value)
{
	struct cpu_id_field f;
	struct cpu_id *id;
	int n = id_place(r, row);
	uint64_t val, mask, real;

	if (n < 0)
		return wrong(r, "too many registers");
	if (!field_find(row->name, name, &f))
		return wrong(r, "nothing of such a field is executed");
	if (!number_read(r, value, 0, 15, &val))
		return false;
	mask = UINT64_C(15) << f.shift;
	if (r->fields[n] != ~UINT64_C(0) && r->fields[n] & mask)
		return wrong(r, "a second time");
	id = &r->file.ids[n];
	real = id->val |
	       (id->enc == ENC_ID_AA64ISAR1 ? r->file.profile.pauth_isar1 : 0);
	if (!id_set(r, row, id, (real & ~mask) | val << f.shift))
		return false;
	if (r->fields[n] != ~UINT64_C(0))
		r->fields[n] |= mask;
	real = id_now(r, id) >> f.shift & 15;
	return real == val ||
	       wrong(r, "what is executed is %" PRIu64 " at most", real);
}

/* "CCSIDR" and what CSSELR_EL1 selects it by. */
static bool cache_take(struct reading *r, const char *number, const char *value)
{
	uint64_t n, val;

	if (!number_read(r, number, 0, HOST_CACHES - 1, &n) ||
	    !number_read(r, value, 0, UINT32_MAX, &val))
		return false;
	if (r->caches & 1u << n)
		return wrong(r, "a second time");
	r->caches |= 1u << n;
	r->file.profile.ccsidr[n] = val;
	return true;
}

static bool id_take(struct reading *r, const char *name, const char *value)
{
	const char *dot = strchr(name, '.');
	const struct cpu_sysreg_info *row =
		id_row(name, dot ? (size_t)(dot - name) : strlen(name));

	if (!strncmp(name, "CCSIDR", strlen("CCSIDR")))
		return cache_take(r, name + strlen("CCSIDR"), value);
	if (!row)
		return wrong(r, "not an ID register that a host can choose");
	return dot ? field_take(r, row, dot + 1, value)
		   : register_take(r, row, value);
}

/* ---- the file ------------------------------------------------------------ */

static const char *section_check(void *user, const char *name)
{
	return !strcmp(name, "host") || !strcmp(name, "id")
		       ? NULL
		       : "neither [host] nor [id]";
}

static bool line_take(void *user, const char *section, const char *name,
		      const char *value, char *why, size_t size)
{
	struct reading *r = user;

	r->why = why;
	r->size = size;
	if (!strcmp(section, "host"))
		return property_take(r, name, value);
	if (!strcmp(section, "id"))
		return id_take(r, name, value);
	return wrong(r, "neither in [host] nor in [id]");
}

/* What a file is called: without folder and ".ini". */
static void begin(void *user)
{
	struct reading *r = user;
	const char *slash = strrchr(r->path, '/');
	const char *name = slash ? slash + 1 : r->path;
	size_t len = strlen(name);

	if (len > 4 && !strcmp(name + len - 4, ".ini"))
		len -= 4;
	*r = (struct reading){.path = r->path};
	snprintf(r->file.name, sizeof(r->file.name), "%.*s", (int)len, name);
	base_take(&r->file, host_row(0));
	snprintf(r->file.about, sizeof(r->file.about), "%s", r->path);
}

static int line_refuse(const char *name, int nr, const char *why)
{
	return refuse(EINVAL, FKVM_HOST_FILE, "%s:%d: %s", name, nr, why);
}

static const struct ini_reader reader = {
	.section = section_check,
	.line = line_take,
	.forget = begin,
	.lines = "[host] nor [id] nor name = value",
	.mistake = line_refuse,
};

void host_file_copy(struct host_file *to, const struct host_file *from)
{
	*to = *from;
	ids_own(to);
}

/* Those whose KVM is the 32-bit port's: no other takes them. */
static bool core_is_armv7(const struct host_profile *p)
{
	for (unsigned int n = 0; n < p->nr_ids; n++)
		if (p->ids[n].enc == ENC_MIDR)
			return (p->ids[n].val & (MIDR_CORE)) == 0x4100c0f0 ||
			       (p->ids[n].val & (MIDR_CORE)) == 0x4100c070;
	return false;
}

static int finish(const struct reading *r, int err, struct host_file *out)
{
	bool old = r->file.profile.kernel == HOST_LINUX_32BIT;

	if (err)
		return err;
	if (old != core_is_armv7(&r->file.profile))
		return refuse(EINVAL, FKVM_HOST_FILE,
			      "%s: kernel 5.6 is that of Cortex-A15 and A7, "
			      "and they have no other",
			      r->path);
	host_file_copy(out, &r->file);
	return 0;
}

int host_file_read(const char *path, struct host_file *out)
{
	struct reading r = {.path = path};

	begin(&r);
	return finish(&r, ini_file_read(path, &reader, &r), out);
}

int host_text_read(const char *name, char *text, size_t len,
		   struct host_file *out)
{
	struct reading r = {.path = name};

	begin(&r);
	return finish(&r, ini_text_read(name, text, len, &reader, &r), out);
}

/* ---- as text ------------------------------------------------------------- */

static const char *kernel_name(unsigned int version)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++)
		if (kernels[i].version == version)
			return kernels[i].name;
	return NULL;
}

static const char *gic_name(const struct host_profile *host)
{
	for (size_t i = 0; i < ARRAY_SIZE(gics); i++)
		if (gics[i].v2 == host->gicv2 && gics[i].v3 == host->gicv3)
			return gics[i].name;
	return NULL;
}

static void sve_lengths_put(FILE *f, uint64_t lengths)
{
	const char *before = "sve-lengths = ";

	for (unsigned int n = 0; lengths >> n; n++) {
		if (!(lengths >> n & 1))
			continue;
		fprintf(f, "%s%u", before, 128 * (n + 1));
		before = " ";
	}
	if (lengths)
		fputc('\n', f);
}

static void workaround_put(FILE *f, const struct host_profile *host,
			   unsigned int n)
{
	for (size_t i = 0; i < ARRAY_SIZE(workarounds); i++)
		if (workarounds[i].level[n] == host->workaround[n])
			fprintf(f, "workaround-%u = %s\n", n + 1,
				workarounds[i].name);
}

static void id_put(FILE *f, const struct host_profile *host,
		   const struct cpu_id *id)
{
	uint64_t val = id->val;

	if (id->enc == ENC_ID_AA64ISAR1)
		val |= host->pauth_isar1;
	fprintf(f, "%s = 0x%" PRIx64 "\n", cpu_sysreg_find(id->enc)->name, val);
}

char *host_file_text(const struct host_profile *host)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	if (host->source)
		fprintf(f, "; %s\n", host->source);
	fprintf(f, "[host]\nabout = %s\nkernel = %s\ngic = %s\nipa-bits = %u\n",
		host->about, kernel_name(host->kernel), gic_name(host),
		host->ipa_bits);
	fprintf(f, "counter-hz = %" PRIu64 "\n", host->counter_hz);
	if (host->cpus)
		fprintf(f, "cpus = %u\n", host->cpus);
	sve_lengths_put(f, host->sve_lengths);
	fprintf(f, "page-size = %d\npmu-counters = %u\npmu-type = %u\n",
		VMM_PAGE_SIZE, host->pmu_counters, host->pmu_type);
	for (unsigned int n = 0; n < ARRAY_SIZE(host->workaround); n++)
		workaround_put(f, host, n);
	fprintf(f, "\n[id]\n");
	for (unsigned int n = 0; n < host->nr_ids; n++)
		id_put(f, host, &host->ids[n]);
	for (unsigned int n = 0; n < HOST_CACHES; n++)
		fprintf(f, "CCSIDR%u = 0x%x\n", n, host->ccsidr[n]);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
