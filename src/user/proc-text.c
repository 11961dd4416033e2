/* SPDX-License-Identifier: MIT */
/*
 * What is in the files of proc-file.h. Formats: Linux's
 * fs/proc, and arm64's for the processor.
 */
#include "user/proc-text.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "base/types.h"
#include "base/sysreg-enc.h"
#include "cpu/cpu.h"
#include "kernel/arm64/host.h"
#include "user/convert.h"
#include "user/memory.h"
#include "user/pe.h"
#include "user/proc-file.h"
#include "user/seccomp.h"
#include "user/syscall.h"
#include "user/thread.h"

/* ---- what the program began with ----------------------------------------- */

static struct {
	char *args;
	size_t args_size;
	void *auxv;
	size_t auxv_size;
} begun;

void proc_file_set_start(char *const *argv, const void *auxv, size_t auxv_size)
{
	FILE *f = open_memstream(&begun.args, &begun.args_size);

	if (!f)
		return;
	for (; *argv; argv++)
		fwrite(*argv, 1, strlen(*argv) + 1, f);
	fclose(f);
	begun.auxv = malloc(auxv_size);
	if (!begun.auxv)
		return;
	memcpy(begun.auxv, auxv, auxv_size);
	begun.auxv_size = auxv_size;
}

const void *proc_file_auxv(size_t *size)
{
	*size = begun.auxv_size;
	return begun.auxv;
}

/* Those of the outside are the host's, and go on. */
static void put_seccomp(FILE *f, const char *line)
{
	unsigned long host = strtoul(strchr(line, ':') + 1, NULL, 10);

	if (!strncmp(line, "Seccomp:", 8) && seccomp_mode(user_self))
		fprintf(f, "Seccomp:\t%ld\n", seccomp_mode(user_self));
	else if (!strncmp(line, "Seccomp_filters:", 16))
		fprintf(f, "Seccomp_filters:\t%lu\n",
			host + seccomp_depth(user_self));
	else
		fputs(line, f);
}

void proc_text_status(FILE *f, bool thread)
{
	FILE *host =
		fopen(thread ? "/proc/thread-self/status" : "/proc/self/status",
		      "re");
	char line[512];

	while (host && fgets(line, sizeof(line), host)) {
		if (!strncmp(line, "Seccomp", 7) && strchr(line, ':'))
			put_seccomp(f, line);
		else
			fputs(line, f);
	}
	if (host)
		fclose(host);
}

/* But for the numbers of open()'s flags it is the host's. */
bool proc_text_fdinfo(FILE *f, long fd)
{
	char name[48], line[512];
	FILE *host;

	snprintf(name, sizeof(name), "/proc/thread-self/fdinfo/%ld", fd);
	host = fopen(name, "re");
	if (!host)
		return false;
	while (fgets(line, sizeof(line), host)) {
		if (!strncmp(line, "flags:", 6))
			fprintf(f, "flags:\t0%" PRIo64 "\n",
				convert_open_flags_back(
					strtoul(line + 6, NULL, 8)));
		else
			fputs(line, f);
	}
	fclose(host);
	return true;
}

void proc_text_cmdline(FILE *f)
{
	fwrite(begun.args, 1, begun.args_size, f);
}

void proc_text_auxv(FILE *f)
{
	fwrite(begun.auxv, 1, begun.auxv_size, f);
}

/* ---- the processor ------------------------------------------------------- */

/* By bit of AT_HWCAP, then of AT_HWCAP2 (names as arm64 Linux has them). */
static const char *const features[] = {
	"fp",         "asimd",    "evtstrm", "aes",    "pmull",   "sha1",
	"sha2",       "crc32",    "atomics", "fphp",   "asimdhp", "cpuid",
	"asimdrdm",   "jscvt",    "fcma",    "lrcpc",  "dcpop",   "sha3",
	"sm3",        "sm4",      "asimddp", "sha512", "sve",     "asimdfhm",
	"dit",        "uscat",    "ilrcpc",  "flagm",  "ssbs",    "sb",
	"paca",       "pacg",     "dcpodp",  "sve2",   "sveaes",  "svepmull",
	"svebitperm", "svesha3",  "svesm4",  "flagm2", "frint",   "svei8mm",
	"svef32mm",   "svef64mm", "svebf16", "i8mm",   "bf16",    "dgh",
	"rng",        "bti",      "mte",     "ecv",    "afp",     "rpres",
	"mte3",
};

/* Of 32-bit Arm's AT_HWCAP, and of its AT_HWCAP2, likewise. */
static const char *const features_arm[2][32] = {
	{"swp",     "half",     "thumb",     NULL,      "fastmult", NULL,
	 "vfp",     "edsp",     NULL,        NULL,      NULL,       NULL,
	 "neon",    "vfpv3",    NULL,        "tls",     "vfpv4",    "idiva",
	 "idivt",   "vfpd32",   "lpae",      "evtstrm", "fphp",     "asimdhp",
	 "asimddp", "asimdfhm", "asimdbf16", "i8mm"},
	{"aes", "pmull", "sha1", "sha2", "crc32", "sb", "ssbs"},
};

static bool has_feature(unsigned int k)
{
	return k < 32 ? pe_hwcap() >> k & 1 : pe_hwcap2() >> (k - 32) & 1;
}

/* Twice the counter's frequency in MHz, which is what the delay loop is
 * calibrated with. */
static void put_bogomips(FILE *f)
{
	const uint64_t hundredths = host_profile->counter_hz / 5000;

	fprintf(f, "BogoMIPS\t: %" PRIu64 ".%02" PRIu64 "\n", hundredths / 100,
		hundredths % 100);
}

static void put_features(FILE *f)
{
	for (unsigned int k = 0; k < ARRAY_SIZE(features); k++)
		if (has_feature(k))
			fprintf(f, " %s", features[k]);
}

static void put_features_arm(FILE *f)
{
	const uint64_t hwcap[2] = {pe_hwcap_arm(), pe_hwcap2_arm()};

	for (unsigned int k = 0; k < 64; k++)
		if ((hwcap[k / 32] >> k % 32 & 1) &&
		    features_arm[k / 32][k % 32])
			fprintf(f, " %s", features_arm[k / 32][k % 32]);
}

static void put_midr(FILE *f, uint32_t midr, unsigned int architecture)
{
	fprintf(f,
		"\nCPU implementer\t: 0x%02x\nCPU architecture: %u\n"
		"CPU variant\t: 0x%x\nCPU part\t: 0x%03x\n"
		"CPU revision\t: %u\n\n",
		midr >> 24, architecture, midr >> 20 & 0xf, midr >> 4 & 0xfff,
		midr & 0xf);
}

/* Linux asks whether the process is of that personality, not what it executes. */
static void put_processor(FILE *f, long number, uint64_t midr)
{
	const bool linux32 = process_is_linux32();

	fprintf(f, "processor\t: %ld\n", number);
	if (linux32)
		fprintf(f, "model name\t: ARMv8 Processor rev %d (v8l)\n",
			(int)(midr & 0xf));
	put_bogomips(f);
	fputs("Features\t:", f);
	if (linux32)
		put_features_arm(f);
	else
		put_features(f);
	put_midr(f, (uint32_t)midr, 8);
}

/* As the 32-bit kernel of 5.6 has it. */
static void put_processor_armv7(FILE *f, long number)
{
	const uint32_t midr =
		(uint32_t)host_id(cpu_sysreg_find(SYSREG_ENC(3, 0, 0, 0, 0)));

	fprintf(f,
		"processor\t: %ld\nmodel name\t: ARMv7 Processor rev %u "
		"(v7l)\n",
		number, midr & 0xf);
	put_bogomips(f);
	fputs("Features\t:", f);
	put_features_arm(f);
	fputc(' ', f);
	put_midr(f, midr, 7);
}

void proc_text_cpuinfo(FILE *f)
{
	const uint64_t midr = user_self->cpu->sys.id[0];
	const bool armv7 = process_is_armv7();
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	for (long k = 0; k < (n < 1 ? 1 : n); k++) {
		if (armv7)
			put_processor_armv7(f, k);
		else
			put_processor(f, k, midr);
	}
	if (armv7)
		fputs("Hardware\t: Generic DT based system\n"
		      "Revision\t: 0000\nSerial\t\t: 0000000000000000\n",
		      f);
}

/* ---- mappings ------------------------------------------------------------ */

/*
 * The host's line, with what of its mapping is the program's and the program's
 * protection. @more: the rest of the line and, in smaps, the lines behind it.
 */
struct mapping {
	uint64_t start, end, offset;
	char shared; /* 'p' or 's' */
	char dev[16];
	unsigned long inode;
	const char *name;
};

static void put_mapping(FILE *f, const struct mapping *m,
			const struct memory_area *a)
{
	uint64_t start = m->start < a->start ? a->start : m->start;
	uint64_t end = m->end > a->end ? a->end : m->end;
	uint64_t offset =
		m->inode || m->offset ? m->offset + (start - m->start) : 0;
	int n = fprintf(
		f, "%08" PRIx64 "-%08" PRIx64 " %c%c%c%c %08" PRIx64 " %s %lu ",
		start, end, a->prot & PROT_READ ? 'r' : '-',
		a->prot & PROT_WRITE ? 'w' : '-',
		a->prot & PROT_EXEC ? 'x' : '-', m->shared, offset, m->dev,
		m->inode);

	if (m->name[0])
		fprintf(f, "%*s%s", n < 73 ? 73 - n : 0, "", m->name);
	fputc('\n', f);
}

/* False: it is not the line of a mapping. */
static bool parse_mapping(char *line, struct mapping *m)
{
	int at = 0;
	char prot[5];

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %15s %lu %n",
		   &m->start, &m->end, prot, &m->offset, m->dev, &m->inode,
		   &at) < 6 ||
	    !at)
		return false;
	line[strcspn(line, "\n")] = '\0';
	m->shared = prot[3];
	m->name = line + at;
	return true;
}

static void put_mappings(FILE *f, struct mapping *m, bool *some)
{
	struct memory_area a;
	const char *name = m->name;

	*some = false;
	for (uint64_t at = m->start;
	     at < m->end && memory_area(at, &a) && a.start < m->end;
	     at = a.end) {
		m->name = a.name ? a.name : name;
		put_mapping(f, m, &a);
		*some = true;
	}
}

/* Mappings of the host's that lie side by side and differ in nothing are one
 * line there, and several areas may be in it. */
void proc_text_maps(FILE *f, bool with_sizes)
{
	FILE *host = fopen(with_sizes ? "/proc/self/smaps" : "/proc/self/maps",
			   "re");
	struct mapping m;
	char *line = NULL;
	bool ours = false;
	size_t size = 0;

	if (!host)
		return;
	while (getline(&line, &size, host) > 0) {
		if (parse_mapping(line, &m))
			put_mappings(f, &m, &ours);
		else if (ours)
			fputs(line, f);
	}
	free(line);
	fclose(host);
}
