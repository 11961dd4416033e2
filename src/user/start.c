/* SPDX-License-Identifier: MIT */
/*
 * How a program begins, see start.h.
 */
#include "user/start.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/host.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "user/elf.h"
#include "user/memory.h"
#include "user/path.h"
#include "user/pe.h"
#include "user/proc-file.h"
#include "user/vdso.h"

#define STACK_SIZE (UINT64_C(8) << 20)
/* AT_MINSIGSTKSZ: a signal frame with FP and SIMD as arm64 has it. */
#define MINSIGSTKSZ_ARM64 4720
#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

static int load(const char *path, struct elf_image *image)
{
	int fd = host_open(path, O_RDONLY | O_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return -errno;
	ret = elf_load(fd, image);
	host_close(fd);
	return ret;
}

/* ---- the stack ----------------------------------------------------------- */

/* Grows down from the top; what is written is the program's memory. */
struct stack {
	uint64_t sp;
};

static uint64_t push_bytes(struct stack *s, const void *data, size_t len)
{
	s->sp -= len;
	memcpy((void *)s->sp, data, len);
	return s->sp;
}

static uint64_t push_string(struct stack *s, const char *text)
{
	return push_bytes(s, text, strlen(text) + 1);
}

static unsigned int count(char *const *list)
{
	unsigned int n = 0;

	while (list[n])
		n++;
	return n;
}

/* The strings of @list, @at: where their addresses go. */
static uint64_t *put_strings(struct stack *s, char *const *list, uint64_t *at)
{
	for (; *list; list++)
		*at++ = push_string(s, *list);
	*at++ = 0;
	return at;
}

static uint64_t *put_aux(uint64_t *at, uint64_t type, uint64_t val)
{
	*at++ = type;
	*at++ = val;
	return at;
}

#define MAX_AUX 24

static uint64_t *put_auxv(struct stack *s, const struct start *start,
			  const struct elf_image *image, uint64_t interp_base,
			  uint64_t *at)
{
	uint8_t random[16];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		memset(random, 0, sizeof(random));
	if (vdso_address())
		at = put_aux(at, AT_SYSINFO_EHDR, vdso_address());
	at = put_aux(at, AT_HWCAP, pe_hwcap());
	at = put_aux(at, AT_HWCAP2, pe_hwcap2());
	at = put_aux(at, AT_PAGESZ, 4096);
	at = put_aux(at, AT_CLKTCK, getauxval(AT_CLKTCK));
	at = put_aux(at, AT_PHDR, image->phdr);
	at = put_aux(at, AT_PHENT, sizeof(Elf64_Phdr));
	at = put_aux(at, AT_PHNUM, image->phnum);
	at = put_aux(at, AT_BASE, interp_base);
	at = put_aux(at, AT_FLAGS, 0);
	at = put_aux(at, AT_ENTRY, image->entry);
	at = put_aux(at, AT_UID, getuid());
	at = put_aux(at, AT_EUID, geteuid());
	at = put_aux(at, AT_GID, getgid());
	at = put_aux(at, AT_EGID, getegid());
	at = put_aux(at, AT_SECURE, 0);
	at = put_aux(at, AT_MINSIGSTKSZ, MINSIGSTKSZ_ARM64);
	at = put_aux(at, AT_RANDOM, push_bytes(s, random, sizeof(random)));
	at = put_aux(at, AT_PLATFORM, push_string(s, "aarch64"));
	at = put_aux(at, AT_EXECFN, push_string(s, start->execfn));
	return put_aux(at, AT_NULL, 0);
}

static size_t strings_size(char *const *list)
{
	size_t n = 0;

	for (; *list; list++)
		n += strlen(*list) + 1;
	return n;
}

/* The vector of addresses lies below all strings. */
static int stack_make(struct cpu *cpu, const struct start *start,
		      const struct elf_image *image, uint64_t interp_base)
{
	size_t words = 1 + count(start->argv) + 1 + count(start->envp) + 1 +
		       2 * MAX_AUX;
	size_t strings = strings_size(start->argv) + strings_size(start->envp) +
			 strlen(start->execfn) + 256;
	size_t need = words * 8 + strings;
	struct stack s;
	uint64_t *at, *end;
	long top;

	if (need > STACK_SIZE / 4)
		return -E2BIG;
	top = memory_map(
		0, STACK_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (top < 0 && top > -4096)
		return (int)top;
	s.sp = (uint64_t)top + STACK_SIZE;
	at = (uint64_t *)((s.sp - need) & ~UINT64_C(15));
	cpu->x[REG_SP] = (uint64_t)at;
	*at++ = count(start->argv);
	at = put_strings(&s, start->argv, at);
	at = put_strings(&s, start->envp, at);
	end = put_auxv(&s, start, image, interp_base, at);
	proc_file_set_start(start->argv, at, (size_t)(end - at) * 8);
	return 0;
}

int start_program(struct cpu *cpu, const struct start *s)
{
	struct elf_image image, interp = {.base = 0};
	char buf[PATH_MAX];
	int ret = load(s->path, &image);

	if (!ret && image.interp[0])
		ret = load(path_on_host(image.interp, buf), &interp);
	if (!ret)
		ret = vdso_map();
	if (!ret)
		ret = stack_make(cpu, s, &image, interp.base);
	if (ret)
		return ret;
	memory_set_brk(ALIGN_UP(image.end, 4096));
	cpu->pc = image.interp[0] ? interp.entry : image.entry;
	return 0;
}
