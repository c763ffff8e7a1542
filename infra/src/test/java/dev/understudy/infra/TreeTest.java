package dev.understudy.infra;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Keeps the tree readable: what holds for the packages of all modules together. */
@AnalyzeClasses(packages = "dev.understudy", importOptions = ImportOption.DoNotIncludeTests.class)
class TreeTest {
    private static final int MOST_TYPES = 12;

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.understudy.(**)").should().beFreeOfCycles();

    /** A package with more has more than one reason to exist. */
    @ArchTest
    static void aPackageShowsAtMostTwelveTypes(JavaClasses classes) {
        Map<String, List<String>> shown = classes.stream()
                .filter(one -> one.isTopLevelClass() && one.getModifiers().contains(JavaModifier.PUBLIC))
                .collect(Collectors.groupingBy(
                        JavaClass::getPackageName,
                        TreeMap::new,
                        Collectors.mapping(JavaClass::getSimpleName, Collectors.toList())));
        assertThat(shown).as("packages of this product").hasSizeGreaterThan(30);
        shown.values().removeIf(types -> types.size() <= MOST_TYPES);
        assertThat(shown)
                .as("packages with more than %d public types; split them", MOST_TYPES)
                .isEmpty();
    }
}
