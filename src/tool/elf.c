/* SPDX-License-Identifier: MIT */
/*
 * Looking at an executable: ELF header and program headers (ELF gABI), or the
 * first line of a script (execve(2)).
 */
#include "tool/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exec-head.h"
#include "base/types.h"

static const struct {
	uint16_t machine;
	const char *name;
} machine_names[] = {
	{EM_X86_64, "x86-64"},
	{EM_386, "i386"},
	{EM_AARCH64, "arm64"},
	{EM_ARM, "arm"},
	{EM_RISCV, "riscv"},
	{EM_PPC64, "ppc64"},
	{EM_PPC, "ppc"},
	{EM_S390, "s390"},
	{EM_MIPS, "mips"},
	{EM_SPARCV9, "sparc64"},
	{EM_LOONGARCH, "loongarch"},
};

const char *program_machine_name(uint16_t machine)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(machine_names); i++)
		if (machine_names[i].machine == machine)
			return machine_names[i].name;
	return NULL;
}

static int interp_read(int fd, uint64_t offset, uint64_t size,
		       struct program *prog)
{
	ssize_t n;

	if (size == 0 || size >= sizeof(prog->interp))
		return -ENOEXEC;
	n = pread(fd, prog->interp, size, (off_t)offset);
	if (n != (ssize_t)size)
		return -ENOEXEC;
	prog->interp[n] = '\0';
	prog->dynamic = true;
	return 0;
}

static int elf64_read(int fd, const Elf64_Ehdr *eh, struct program *prog)
{
	Elf64_Phdr ph;

	for (unsigned int i = 0; i < eh->e_phnum; i++) {
		if (pread(fd, &ph, sizeof(ph),
			  (off_t)(eh->e_phoff + i * sizeof(ph))) != sizeof(ph))
			return -ENOEXEC;
		if (ph.p_type == PT_INTERP)
			return interp_read(fd, ph.p_offset, ph.p_filesz, prog);
	}
	return 0;
}

static int elf32_read(int fd, const Elf32_Ehdr *eh, struct program *prog)
{
	Elf32_Phdr ph;

	for (unsigned int i = 0; i < eh->e_phnum; i++) {
		if (pread(fd, &ph, sizeof(ph),
			  (off_t)(eh->e_phoff + i * sizeof(ph))) != sizeof(ph))
			return -ENOEXEC;
		if (ph.p_type == PT_INTERP)
			return interp_read(fd, ph.p_offset, ph.p_filesz, prog);
	}
	return 0;
}

static void script_read(char *line, struct program *prog)
{
	char *interp, *arg;

	prog->kind = PROGRAM_SCRIPT;
	strcpy(prog->interp, "/bin/sh");
	if (!exec_head_script(line, &interp, &arg))
		return;
	strncpy(prog->interp, interp, sizeof(prog->interp) - 1);
	strncpy(prog->interp_arg, arg, sizeof(prog->interp_arg) - 1);
}

/* As a shell does: a file without NULs in its beginning is a script. */
static bool is_text(const char *buf, size_t len)
{
	return len > 0 && !memchr(buf, '\0', len) &&
	       (len < SELFMAG || memcmp(buf, ELFMAG, SELFMAG));
}

int program_read(const char *path, struct program *prog)
{
	char buf[512];
	const Elf64_Ehdr *eh = (const void *)buf;
	int fd, ret = 0;
	ssize_t n;

	memset(prog, 0, sizeof(*prog));
	prog->kind = PROGRAM_OTHER;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, sizeof(buf) - 1);
	if (n < 0) {
		ret = -errno;
	} else if (n >= (ssize_t)sizeof(*eh) &&
		   !memcmp(eh->e_ident, ELFMAG, SELFMAG)) {
		prog->kind = PROGRAM_ELF;
		prog->machine = eh->e_machine; /* same place in ELF32 */
		prog->elf64 = eh->e_ident[EI_CLASS] == ELFCLASS64;
		prog->little = eh->e_ident[EI_DATA] == ELFDATA2LSB;
		if (!prog->little)
			prog->machine = __builtin_bswap16(eh->e_machine);
		else if (prog->elf64)
			ret = elf64_read(fd, eh, prog);
		else
			ret = elf32_read(fd, (const Elf32_Ehdr *)buf, prog);
	} else if (is_text(buf, (size_t)n)) {
		buf[n] = '\0';
		script_read(buf, prog);
	}
	close(fd);
	return ret;
}

bool program_contains(const char *path, const char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool found = false;
	struct stat st;
	void *file;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
			    fd, 0);
		if (file != MAP_FAILED) {
			found = memmem(file, (size_t)st.st_size, text,
				       strlen(text));
			munmap(file, (size_t)st.st_size);
		}
	}
	close(fd);
	return found;
}
