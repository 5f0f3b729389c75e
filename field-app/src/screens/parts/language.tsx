import { chooseLanguage, currentLanguage, t } from "../../i18n";

const LANGUAGES = [
  ["id", "Bahasa Indonesia"],
  ["en", "English"],
] as const;

export function LanguageChoice() {
  return (
    <fieldset class="choice-row">
      <legend class="unseen">{t("health.language")}</legend>
      {LANGUAGES.map(([code, name]) => (
        <label key={code} lang={code}>
          <input
            type="radio"
            name="language"
            checked={currentLanguage() === code}
            onChange={() => void chooseLanguage(code)}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
