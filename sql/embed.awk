# Makes a C unit of text files, so that a program carries its SQL and its JSON schemas inside.
#
#   awk -v mode=header|source -v unit=NAME -v prefix=PREFIX -f sql/embed.awk FILE...
#
# a/b/some-name.ext becomes `const char PREFIXsome_name[]`, its text with a terminating zero.
# Files of sql/schema/ become rows of the table sql_schema_files, in the order given, ended by a NULL
# name. sql/roles.sql is sql_roles wherever it lies in the list.

function finish_file()
{
    if (in_file && mode == "source")
        print (lines ? "" : "    \"\"\n") "    ;\n"
    in_file = 0
}

function start_file(   name, count, parts)
{
    finish_file()
    count = split(FILENAME, parts, "/")
    name = parts[count]
    in_file = 1
    lines = 0
    if (FILENAME ~ /(^|\/)sql\/schema\//) {
        rows++
        row_name[rows] = name
        if (mode == "source")
            printf "static const char schema_file_%d[] =\n", rows
        return
    }
    sub(/\.[^.]*$/, "", name)
    gsub(/[^A-Za-z0-9]/, "_", name)
    if (mode == "source")
        printf "const char %s%s[] =\n", prefix, name
    else
        printf "extern const char %s%s[];\n", prefix, name
}

BEGIN {
    if (mode == "header") {
        guard = toupper(unit) "_H"
        print "#ifndef " guard "\n#define " guard "\n"
        if (prefix == "sql_")
            print "struct embedded_file {\n    const char *name;\n    const char *text;\n};\n\n" \
                "/* In the order of their names; a NULL name ends the table. */\n" \
                "extern const struct embedded_file sql_schema_files[];\n"
    } else {
        print "#include \"" unit ".h\"\n\n#include <stddef.h>\n"
        # Both compilers know this one; the longest text that C17 promises to take is 4095 bytes.
        print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
    }
}

FNR == 1 { start_file() }

mode == "source" {
    gsub(/\\/, "&&")
    gsub(/"/, "\\\\&")
    gsub(/\t/, "\\t")
    gsub(/\r/, "\\r")
    gsub(/\?\?/, "?\" \"?")
    print "    \"" $0 "\\n\""
    lines++
}

END {
    finish_file()
    if (mode == "header") {
        print "\n#endif"
        exit
    }
    if (prefix == "sql_") {
        print "const struct embedded_file sql_schema_files[] = {"
        for (i = 1; i <= rows; i++)
            printf "    {\"%s\", schema_file_%d},\n", row_name[i], i
        print "    {NULL, NULL},\n};"
    }
}
