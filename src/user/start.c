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
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "kernel/kernel.h"
#include "user/abi.h"
#include "user/elf.h"
#include "user/memory.h"
#include "user/path.h"
#include "user/proc-file.h"
#include "user/syscall.h"

/* The least that is tried. */
#define STACK_MIN (UINT64_C(256) << 10)
/* Below it nothing is mapped: who goes too far is told. */
#define STACK_GUARD (UINT64_C(1) << 20)
#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif
#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#define AT_RSEQ_ALIGN        28
#endif

static int load(const char *path, enum elf_role role, struct elf_image *image)
{
	int fd = host_open(path, O_RDONLY | O_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return -errno;
	ret = elf_load(fd, role, image);
	host_close(fd);
	return ret;
}

/* ---- the stack ----------------------------------------------------------- */

/* Grows down from the top; what is written is the program's memory. */
struct stack {
	uint64_t sp;
};

/* A word of the program's at @at: the address of the next. */
static uint64_t put_word(uint64_t at, uint64_t val)
{
	memcpy((void *)at, &val, user_abi->word);
	return at + user_abi->word;
}

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

/* The strings of @list go to *@to and behind, as whoever changes the title of a
 * process counts on; @at: where their addresses go. */
static uint64_t put_strings(uint64_t *to, char *const *list, uint64_t at)
{
	for (; *list; list++) {
		size_t len = strlen(*list) + 1;

		memcpy((void *)*to, *list, len);
		at = put_word(at, *to);
		*to += len;
	}
	return put_word(at, 0);
}

static uint64_t put_aux(uint64_t at, uint64_t type, uint64_t val)
{
	return put_word(put_word(at, type), val);
}

#define MAX_AUX 24

static uint64_t put_auxv(struct stack *s, const struct elf_image *image,
			 uint64_t interp_base, uint64_t execfn, uint64_t at)
{
	uint8_t random[16];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		memset(random, 0, sizeof(random));
	if (user_abi->vdso())
		at = put_aux(at, AT_SYSINFO_EHDR, user_abi->vdso());
	at = put_aux(at, AT_HWCAP, user_abi->hwcap());
	at = put_aux(at, AT_HWCAP2, user_abi->hwcap2());
	at = put_aux(at, AT_PAGESZ, 4096);
	at = put_aux(at, AT_CLKTCK, getauxval(AT_CLKTCK));
	at = put_aux(at, AT_PHDR, image->phdr);
	at = put_aux(at, AT_PHENT, image->phent);
	at = put_aux(at, AT_PHNUM, image->phnum);
	at = put_aux(at, AT_BASE, interp_base);
	at = put_aux(at, AT_FLAGS, 0);
	at = put_aux(at, AT_ENTRY, image->entry);
	at = put_aux(at, AT_UID, getuid());
	at = put_aux(at, AT_EUID, geteuid());
	at = put_aux(at, AT_GID, getgid());
	at = put_aux(at, AT_EGID, getegid());
	at = put_aux(at, AT_SECURE, getauxval(AT_SECURE));
	if (user_abi->frame_size)
		at = put_aux(at, AT_MINSIGSTKSZ, user_abi->frame_size);
	/* How much of an area the host's kernel writes. */
	if (getauxval(AT_RSEQ_FEATURE_SIZE)) {
		at = put_aux(at, AT_RSEQ_FEATURE_SIZE,
			     getauxval(AT_RSEQ_FEATURE_SIZE));
		at = put_aux(at, AT_RSEQ_ALIGN, getauxval(AT_RSEQ_ALIGN));
	}
	at = put_aux(at, AT_RANDOM, push_bytes(s, random, sizeof(random)));
	at = put_aux(at, AT_PLATFORM,
		     push_string(s, process_is_armv7() ? "v7l"
						       : user_abi->platform));
	at = put_aux(at, AT_EXECFN, execfn);
	return put_aux(at, AT_NULL, 0);
}

static size_t strings_size(char *const *list)
{
	size_t n = 0;

	for (; *list; list++)
		n += strlen(*list) + 1;
	return n;
}

/* As the limit says, or what there is. *@size: how much. -errno or where. */
static long stack_map(const struct elf_image *image, uint64_t *size)
{
	const int prot =
		PROT_READ | PROT_WRITE | (image->stack_exec ? PROT_EXEC : 0);
	struct rlimit limit;
	long at = -ENOMEM;

	*size = user_abi->stack_max;
	if (!getrlimit(RLIMIT_STACK, &limit) &&
	    limit.rlim_cur < user_abi->stack_max)
		*size = max_u64(ALIGN_UP(limit.rlim_cur, 4096), STACK_MIN);
	for (; at < 0 && *size >= STACK_MIN;
	     *size = ALIGN_UP(*size / 2, 4096)) {
		at = memory_map(0, STACK_GUARD + *size, prot,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
					MAP_STACK,
				-1, 0);
		if (at >= 0)
			break;
	}
	if (at < 0)
		return at;
	memory_protect((uint64_t)at, STACK_GUARD, PROT_NONE);
	memory_is_guard((uint64_t)at, STACK_GUARD);
	at += STACK_GUARD;
	memory_is_stack((uint64_t)at, *size);
	return at;
}

/* From the top: eight zero bytes, AT_EXECFN, the environment, the arguments, what
 * else there is; the vector of addresses lies below it all. */
static int stack_make(struct cpu *cpu, const struct start *start,
		      const struct elf_image *image, uint64_t interp_base)
{
	size_t words = 1 + count(start->argv) + 1 + count(start->envp) + 1 +
		       2 * MAX_AUX;
	size_t strings = strings_size(start->argv) + strings_size(start->envp) +
			 strlen(start->execfn) + 9;
	size_t need = words * user_abi->word + strings + 256;
	struct proc_told told = {.code = image->code,
				 .code_end = image->code_end};
	uint64_t at, end, to, size;
	struct stack s;
	long base = stack_map(image, &size);

	if (base < 0)
		return (int)base;
	if (need > size / 4)
		return -E2BIG;
	to = s.sp = (uint64_t)base + size - strings;
	at = ((uint64_t)base + size - need) & ~UINT64_C(15);
	cpu->x[user_abi->sp] = at;
	at = put_word(at, count(start->argv));
	told.args = to;
	at = put_strings(&to, start->argv, at);
	told.env = to;
	at = put_strings(&to, start->envp, at);
	told.end = to;
	proc_file_tell(&told);
	memcpy((void *)to, start->execfn, strlen(start->execfn) + 1);
	end = put_auxv(&s, image, interp_base, to, at);
	proc_file_set_start(start->argv, (void *)at, end - at);
	return 0;
}

/* What is no ELF file of the same machine is not what another of them asks for. */
static int load_interp(const struct elf_image *image, struct elf_image *interp)
{
	char buf[PATH_MAX];
	int ret = load(path_on_host(image->interp, buf), ELF_INTERP, interp);

	return ret == -ENOEXEC ? -ELIBBAD : ret;
}

/* From here on it is decided what the program is. */
static int abi_choose(const char *path)
{
	int fd = host_open(path, O_RDONLY | O_CLOEXEC, 0);
	const struct user_abi *abi;
	Elf64_Ehdr head;
	long n;

	if (fd < 0)
		return -errno;
	n = host_raw(SYS_pread64, fd, &head, sizeof(head), 0);
	host_close(fd);
	abi = abi_of(&head, n);
	if (!abi)
		return -ENOEXEC;
	user_abi = abi;
	if (abi->word == 4)
		kernel_program_is_32bit();
	memory_confine(abi->memory_end, abi->memory_top);
	return 0;
}

int start_program(struct cpu *cpu, const struct start *s)
{
	struct elf_image image, interp = {.base = 0};
	int ret = abi_choose(s->path);

	if (!ret)
		ret = user_abi->map_page();
	if (!ret)
		ret = load(s->path, ELF_PROGRAM, &image);
	if (!ret && image.interp[0])
		ret = load_interp(&image, &interp);
	if (!ret)
		ret = stack_make(cpu, s, &image, interp.base);
	if (ret)
		return ret;
	memory_set_brk(ALIGN_UP(image.end, 4096) +
		       elf_random(user_abi->brk_random));
	user_abi->begin(cpu, image.interp[0] ? interp.entry : image.entry);
	return 0;
}
