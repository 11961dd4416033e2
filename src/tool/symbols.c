/* SPDX-License-Identifier: MIT */
/*
 * Reading symbols; see symbols.h. Nothing that a file says is believed.
 */
#include "tool/symbols.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/types.h"
#include "tool/tool.h"

/* Of a last symbol, or one with a gap behind it, whose size is not known. */
#define MAX_GUESS 4096

static bool add(struct symbols *s, uint64_t start, uint64_t size,
		const char *name)
{
	/* Doubled at each power of two. */
	if (!(s->nr & (s->nr - 1)) || !s->nr) {
		struct symbol *more = realloc(
			s->symbol, (s->nr ? 2 * s->nr : 1) * sizeof(*more));

		if (!more)
			return false;
		s->symbol = more;
	}
	s->symbol[s->nr++] = (struct symbol){start, start + size, name};
	return true;
}

/* ---- ELF ----------------------------------------------------------------- */

static const void *at(const struct symbols *s, uint64_t offset, uint64_t size)
{
	if (offset > s->size || size > s->size - offset)
		return NULL;
	return s->data + offset;
}

/* Mapping symbols ($x, $d) and what an assembler keeps to itself are none. */
static bool is_name(const char *name)
{
	return *name && *name != '$' && strncmp(name, ".L", 2);
}

static bool is_code(const struct symbols *s, const Elf64_Ehdr *e,
		    const Elf64_Sym *sym)
{
	Elf64_Shdr section;
	const void *p;

	if (ELF64_ST_TYPE(sym->st_info) == STT_FUNC)
		return sym->st_shndx != SHN_UNDEF;
	if (ELF64_ST_TYPE(sym->st_info) != STT_NOTYPE ||
	    sym->st_shndx == SHN_UNDEF || sym->st_shndx >= e->e_shnum)
		return false;
	p = at(s, e->e_shoff + sym->st_shndx * sizeof(section),
	       sizeof(section));
	if (!p)
		return false;
	memcpy(&section, p, sizeof(section));
	return section.sh_flags & SHF_EXECINSTR;
}

static bool table_read(struct symbols *s, const Elf64_Ehdr *e,
		       const Elf64_Shdr *table)
{
	Elf64_Shdr names;
	const char *text, *p;

	p = at(s, e->e_shoff + table->sh_link * sizeof(names), sizeof(names));
	if (!p)
		return true;
	memcpy(&names, p, sizeof(names));
	text = at(s, names.sh_offset, names.sh_size);
	if (!text || !names.sh_size || text[names.sh_size - 1] ||
	    !at(s, table->sh_offset, table->sh_size))
		return true;
	for (uint64_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
		Elf64_Sym sym;

		memcpy(&sym, s->data + table->sh_offset + i * sizeof(sym),
		       sizeof(sym));
		if (sym.st_name >= names.sh_size || !is_code(s, e, &sym) ||
		    !is_name(text + sym.st_name))
			continue;
		if (!add(s, sym.st_value, sym.st_size, text + sym.st_name))
			return false;
	}
	return true;
}

/* Of a stripped file those of its dynamic table. False: no memory. */
static bool elf_read(struct symbols *s, const Elf64_Ehdr *e)
{
	static const uint32_t types[] = {SHT_SYMTAB, SHT_DYNSYM};

	for (size_t t = 0; t < ARRAY_SIZE(types) && !s->nr; t++)
		for (unsigned int i = 0; i < e->e_shnum; i++) {
			Elf64_Shdr section;
			const void *p = at(s, e->e_shoff + i * sizeof(section),
					   sizeof(section));

			if (!p)
				return true;
			memcpy(&section, p, sizeof(section));
			if (section.sh_type == types[t] &&
			    !table_read(s, e, &section))
				return false;
		}
	return true;
}

/* ---- System.map ---------------------------------------------------------- */

/* "ffff800010000000 T name" */
static bool line_read(struct symbols *s, char *line)
{
	char *end, *name;
	uint64_t address;

	errno = 0;
	address = strtoull(line, &end, 16);
	if (end == line || errno || end[0] != ' ' || !end[1] || end[2] != ' ')
		return true;
	if (!strchr("tTwW", end[1]))
		return true;
	name = end + 3;
	return !is_name(name) || add(s, address, 0, name);
}

static bool map_read(struct symbols *s)
{
	char *save, *line = strtok_r(s->data, "\n", &save);

	for (; line; line = strtok_r(NULL, "\n", &save))
		if (!line_read(s, line))
			return false;
	return true;
}

/* ---- all of them --------------------------------------------------------- */

/* Of several names of a place the largest one comes first. */
static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Each ends where the next begins at the latest; one without a size does. */
static void symbols_sort(struct symbols *s)
{
	size_t n = 0;

	if (s->nr)
		qsort(s->symbol, s->nr, sizeof(*s->symbol), by_address);
	for (size_t i = 0; i < s->nr; i++)
		if (!n || s->symbol[n - 1].start != s->symbol[i].start)
			s->symbol[n++] = s->symbol[i];
	s->nr = n;
	for (size_t i = 0; i < n; i++) {
		struct symbol *sym = &s->symbol[i];
		uint64_t next = i + 1 < n ? sym[1].start : UINT64_MAX;

		if (sym->end <= sym->start)
			sym->end = next - sym->start > MAX_GUESS
					   ? sym->start + MAX_GUESS
					   : next;
		sym->end = min_u64(sym->end, next);
	}
}

bool symbols_address(const struct symbols *s, const char *name,
		     uint64_t *address)
{
	for (size_t i = 0; i < s->nr; i++)
		if (!strcmp(s->symbol[i].name, name)) {
			*address = s->symbol[i].start;
			return true;
		}
	return false;
}

const struct symbol *symbols_find(const struct symbols *s, uint64_t address)
{
	size_t first = 0, n = s->nr;

	address -= s->offset;
	while (n) {
		size_t half = n / 2;

		if (s->symbol[first + half].start <= address) {
			first += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	if (!first || address >= s->symbol[first - 1].end)
		return NULL;
	return &s->symbol[first - 1];
}

/* ---- the file ------------------------------------------------------------ */

/* With a zero behind it. False: errno says why. */
static bool file_read(struct symbols *s)
{
	int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = 1;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return false;
	}
	s->data = malloc((size_t)st.st_size + 1);
	while (s->data && s->size < (size_t)st.st_size && n > 0) {
		n = read(fd, s->data + s->size, (size_t)st.st_size - s->size);
		if (n > 0)
			s->size += (size_t)n;
	}
	close(fd);
	if (!s->data || n < 0)
		return false;
	s->data[s->size] = '\0';
	return true;
}

static bool parse(struct symbols *s)
{
	Elf64_Ehdr e;
	bool ok;

	if (s->size >= SELFMAG && !memcmp(s->data, ELFMAG, SELFMAG)) {
		if (s->size < sizeof(e))
			return false;
		memcpy(&e, s->data, sizeof(e));
		if (e.e_ident[EI_CLASS] != ELFCLASS64 ||
		    e.e_ident[EI_DATA] != ELFDATA2LSB ||
		    e.e_machine != EM_AARCH64 ||
		    e.e_shentsize != sizeof(Elf64_Shdr))
			return false;
		ok = elf_read(s, &e);
	} else {
		ok = map_read(s);
	}
	symbols_sort(s);
	return ok && s->nr;
}

/* The offset after the last @, if a number is there. */
static void offset_split(struct symbols *s)
{
	char *sign = strrchr(s->path, '@'), *end;
	uint64_t offset;

	if (!sign || !isdigit((unsigned char)sign[1]))
		return;
	errno = 0;
	offset = strtoull(sign + 1, &end, 0);
	if (errno || *end)
		return;
	*sign = '\0';
	s->offset = offset;
	s->offset_given = true;
}

/* What the package of a kernel has in place of its System.map. */
#define DEBIAN_STUB "The real System.map is in "

struct symbols *symbols_read(const char *name)
{
	struct symbols *s = calloc(1, sizeof(*s) + strlen(name) + 1);

	if (!s)
		abort();
	strcpy(s->path, name);
	/* A file may be called so. */
	if (access(name, F_OK))
		offset_split(s);
	if (!file_read(s))
		tool_fail("symbols: %s: %s", s->path, strerror(errno));
	else if (strstr(s->data, DEBIAN_STUB))
		tool_fail("symbols: %s says: %.*s", s->path,
			  (int)strcspn(strstr(s->data, DEBIAN_STUB), "\n"),
			  strstr(s->data, DEBIAN_STUB));
	else if (!parse(s))
		tool_fail("symbols: %s is no arm64 ELF file with symbols and "
			  "no System.map",
			  s->path);
	else
		return s;
	symbols_free(s);
	return NULL;
}

void symbols_free(struct symbols *s)
{
	free(s->symbol);
	free(s->data);
	free(s);
}
