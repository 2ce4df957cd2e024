// SPDX-License-Identifier: GPL-2.0-or-later
/* text.c - formatting, and the functions of a C library that the compiler calls. */
#include "internal.h"

/* Flags in Makefile.am keep these loops from becoming calls of themselves. */
void *memcpy(void *to, const void *from, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
	return to;
}

void *memmove(void *to, const void *from, size_t length)
{
	if ((uintptr_t)to - (uintptr_t)from >= length)
		return memcpy(to, from, length);
	while (length-- > 0)
		((uint8_t *)to)[length] = ((const uint8_t *)from)[length];
	return to;
}

void *memset(void *to, int value, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((uint8_t *)to)[i] = (uint8_t)value;
	return to;
}

int memcmp(const void *one, const void *other, size_t length)
{
	const uint8_t *a = one, *b = other;

	for (size_t i = 0; i < length; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

int strcmp(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return (uint8_t)*one - (uint8_t)*other;
}

/* One conversion: %[-][0][width][l]TYPE. */
struct conversion {
	bool left, zero;
	unsigned width, longs;
	char type;
};

static const char *parse(const char *at, struct conversion *conversion)
{
	for (; *at == '-' || *at == '0'; at++)
		*(*at == '-' ? &conversion->left : &conversion->zero) = true;
	for (; *at >= '0' && *at <= '9'; at++)
		conversion->width = conversion->width * 10 + (unsigned)(*at - '0');
	for (; *at == 'l' || *at == 'z'; at++)
		conversion->longs++;
	conversion->type = *at;
	return *at ? at + 1 : at;
}

static void put_padded(void (*put)(char c), const struct conversion *conversion, const char *text)
{
	size_t length = strlen(text),
	       pad = length < conversion->width ? conversion->width - length : 0;

	for (size_t i = 0; !conversion->left && i < pad; i++)
		put(conversion->zero ? '0' : ' ');
	while (*text)
		put(*text++);
	for (size_t i = 0; conversion->left && i < pad; i++)
		put(' ');
}

/* The digits of @value at the end of @buffer. */
static char *digits(char buffer[24], uint64_t value, unsigned base, bool negative)
{
	char *at = buffer + 23;

	*at = 0;
	do
		*--at = "0123456789abcdef"[value % base];
	while (value /= base);
	if (negative)
		*--at = '-';
	return at;
}

static void put_number(void (*put)(char c), const struct conversion *conversion, va_list *arguments)
{
	uint64_t value =
		conversion->longs ? va_arg(*arguments, uint64_t) : va_arg(*arguments, unsigned);
	bool negative = false;
	char buffer[24];

	if (conversion->type == 'd') {
		int64_t number = conversion->longs ? (int64_t)value : (int32_t)value;

		negative = number < 0;
		value = negative ? -(uint64_t)number : (uint64_t)number;
	}
	put_padded(put, conversion,
		   digits(buffer, value, conversion->type == 'x' ? 16 : 10, negative));
}

void bare_format(void (*put)(char c), const char *format, va_list arguments)
{
	va_list copy;

	va_copy(copy, arguments);
	while (*format) {
		struct conversion conversion = { 0 };

		if (*format != '%') {
			put(*format++);
			continue;
		}
		format = parse(format + 1, &conversion);
		if (conversion.type == 's')
			put_padded(put, &conversion, va_arg(copy, const char *));
		else if (conversion.type == 'c')
			put((char)va_arg(copy, int));
		else if (conversion.type == '%')
			put('%');
		else
			put_number(put, &conversion, &copy);
	}
	va_end(copy);
}
