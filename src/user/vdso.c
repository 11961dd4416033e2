/* SPDX-License-Identifier: MIT */
/*
 * The vDSO, see vdso.h: an ELF image made of the structures that a dynamic
 * linker, musl and the Go runtime look at (System V gABI, chapters 4 and 5, and
 * LSB's symbol versions).
 */
#include "user/vdso.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#include "base/fault.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "user/memory.h"

#define PAGE_SIZE 4096

/* ---- the image ----------------------------------------------------------- */

enum { CALL_GETTIME = 1, CALL_GETTIMEOFDAY, CALL_GETRES };

#define SVC(imm) (0xd4000001u | (imm) << 5)
#define RET      0xd65f03c0u

#define NR_SYMBOLS 5 /* the first one is none */
#define VERSION    "LINUX_2.6.39"

struct text {
	uint32_t sigreturn[2], gettime[2], gettimeofday[2], getres[2];
};

struct strings {
	char none[1];
	char sigreturn[sizeof("__kernel_rt_sigreturn")];
	char gettime[sizeof("__kernel_clock_gettime")];
	char gettimeofday[sizeof("__kernel_gettimeofday")];
	char getres[sizeof("__kernel_clock_getres")];
	char version[sizeof(VERSION)];
	char soname[sizeof("linux-vdso.so.1")];
};

struct image {
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdr[2];
	Elf64_Dyn dyn[9];
	Elf64_Sym sym[NR_SYMBOLS];
	/* One bucket, all symbols in a chain: how many buckets, symbols, the
	 * bucket, the chain. */
	uint32_t hash[3 + NR_SYMBOLS];
	Elf64_Half versym[NR_SYMBOLS];
	/* Of the file itself, and the one version. */
	struct {
		Elf64_Verdef def;
		Elf64_Verdaux aux;
	} verdef[2] __attribute__((aligned(8)));
	struct strings strings;
	struct text text __attribute__((aligned(64)));
};
_Static_assert(sizeof(struct image) <= PAGE_SIZE, "a page has room for it");

#define AT_(member)    offsetof(struct image, member)
#define STRING(member) offsetof(struct strings, member)
#define FUNCTION(member)                                                       \
	{                                                                      \
		.st_name = STRING(member),                                     \
		.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1, \
		.st_value = AT_(text.member), .st_size = 8,                    \
	}

static const struct image image = {
	.ehdr =
		{
			.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				    ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			.e_type = ET_DYN,
			.e_machine = EM_AARCH64,
			.e_version = EV_CURRENT,
			.e_phoff = AT_(phdr),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2,
			.e_shentsize = sizeof(Elf64_Shdr),
		},
	.phdr =
		{
			{
				.p_type = PT_LOAD,
				.p_flags = PF_R | PF_X,
				.p_filesz = sizeof(struct image),
				.p_memsz = sizeof(struct image),
				.p_align = PAGE_SIZE,
			},
			{
				.p_type = PT_DYNAMIC,
				.p_flags = PF_R,
				.p_offset = AT_(dyn),
				.p_vaddr = AT_(dyn),
				.p_filesz = sizeof(((struct image *)0)->dyn),
				.p_memsz = sizeof(((struct image *)0)->dyn),
				.p_align = 8,
			},
		},
	.dyn =
		{
			{DT_SONAME, {STRING(soname)}},
			{DT_HASH, {AT_(hash)}},
			{DT_STRTAB, {AT_(strings)}},
			{DT_SYMTAB, {AT_(sym)}},
			{DT_STRSZ, {sizeof(struct strings)}},
			{DT_SYMENT, {sizeof(Elf64_Sym)}},
			{DT_VERSYM, {AT_(versym)}},
			{DT_VERDEF, {AT_(verdef)}},
			{DT_NULL, {0}},
		},
	.sym =
		{
			{0},
			FUNCTION(sigreturn),
			FUNCTION(gettime),
			FUNCTION(gettimeofday),
			FUNCTION(getres),
		},
	.hash = {1, NR_SYMBOLS, 1, 0, 2, 3, 4, 0},
	.versym = {0, 2, 2, 2, 2},
	.verdef =
		{
			{
				.def =
					{
						.vd_version = 1,
						.vd_flags = VER_FLG_BASE,
						.vd_ndx = 1,
						.vd_cnt = 1,
						.vd_aux = sizeof(Elf64_Verdef),
						.vd_next =
							sizeof(image.verdef[0]),
					},
				.aux = {.vda_name = STRING(soname)},
			},
			{
				.def =
					{
						.vd_version = 1,
						.vd_ndx = 2,
						.vd_cnt = 1,
						/* The ABI's hash of VERSION. */
						.vd_hash = 0x75fcb89,
						.vd_aux = sizeof(Elf64_Verdef),
					},
				.aux = {.vda_name = STRING(version)},
			},
		},
	.strings =
		{
			.sigreturn = "__kernel_rt_sigreturn",
			.gettime = "__kernel_clock_gettime",
			.gettimeofday = "__kernel_gettimeofday",
			.getres = "__kernel_clock_getres",
			.version = VERSION,
			.soname = "linux-vdso.so.1",
		},
	.text =
		{
			/* MOV x8, #139: by these two unwinders know a frame. */
			.sigreturn = {0xd2801168, SVC(0u)},
			.gettime = {SVC(CALL_GETTIME), RET},
			.gettimeofday = {SVC(CALL_GETTIMEOFDAY), RET},
			.getres = {SVC(CALL_GETRES), RET},
		},
};

/* ---- in memory ----------------------------------------------------------- */

static uint64_t base;

int vdso_map(void)
{
	long at = memory_map(0, PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at < 0 && at > -4096)
		return (int)at;
	memcpy((void *)at, &image, sizeof(image));
	base = (uint64_t)at;
	memory_is_vdso(base, PAGE_SIZE);
	return (int)memory_protect(base, PAGE_SIZE, PROT_READ | PROT_EXEC);
}

uint64_t vdso_address(void)
{
	return base;
}

uint64_t vdso_sigreturn(void)
{
	return base + AT_(text.sigreturn);
}

/* ---- calls --------------------------------------------------------------- */

static long result(uint64_t to, const void *from, size_t len)
{
	return to && copy_to_user((void *)to, from, len) ? -EFAULT : 0;
}

static long gettimeofday_to(uint64_t tv_to, uint64_t tz_to)
{
	struct timezone tz;
	struct timeval tv;

	if (gettimeofday(&tv, &tz))
		return -errno;
	return result(tv_to, &tv, sizeof(tv)) ?: result(tz_to, &tz, sizeof(tz));
}

bool vdso_call(struct cpu *cpu)
{
	struct timespec ts;
	clockid_t clock = (clockid_t)cpu->x[0];
	unsigned int call = cpu->exit.sync.esr & 0xffff;
	long ret;

	/* PC is behind it. */
	if (likely(!call) || cpu->pc - base >= sizeof(image))
		return false;
	switch (call) {
	case CALL_GETTIME:
		ret = clock_gettime(clock, &ts) ? -errno : 0;
		ret = ret ?: result(cpu->x[1], &ts, sizeof(ts));
		break;
	case CALL_GETRES:
		ret = clock_getres(clock, &ts) ? -errno : 0;
		ret = ret ?: result(cpu->x[1], &ts, sizeof(ts));
		break;
	case CALL_GETTIMEOFDAY:
		ret = gettimeofday_to(cpu->x[0], cpu->x[1]);
		break;
	default: return false;
	}
	cpu->x[0] = (uint64_t)ret;
	return true;
}
