import { Button, FileButton, Group, Text } from '@mantine/core'
import { Panel, ProblemAlert } from '@platen/ui'
import { IconPhoto } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Product } from '../api/types.ts'
import { drawPreview } from './draw-preview.ts'
import classes from './product-picture.module.css'

export const pictureTypes = 'image/png,image/jpeg,image/webp,image/gif'

interface PicturePanelProps {
  picture: Product['picture']
  /** Chosen but not sent yet. */
  chosen: File | null
  onChoose: (file: File | null) => void
  onRemove?: (() => void) | undefined
  isWorking?: boolean
  error?: unknown
}

/** The picture: what is there or what was chosen, seen before it is sent. */
export function PicturePanel({ picture, chosen, onChoose, onRemove, isWorking = false, error }: PicturePanelProps) {
  const { t } = useTranslation()
  return (
    <Panel title={t('picture.title')}>
      <div className={classes.line}>
        <div className={classes.large}>
          <Shown picture={picture} chosen={chosen} />
        </div>
        <div className={classes.side}>
          <Text size="sm" c="dimmed">
            {t('picture.rule')}
          </Text>
          <Group gap="sm">
            <FileButton accept={pictureTypes} onChange={onChoose} inputProps={{ 'aria-label': t('picture.file') }}>
              {(props) => (
                <Button variant="default" loading={isWorking} {...props}>
                  {t(picture || chosen ? 'picture.replace' : 'picture.choose')}
                </Button>
              )}
            </FileButton>
            {picture && onRemove && (
              <Button variant="subtle" color="red" onClick={onRemove} disabled={isWorking}>
                {t('picture.remove')}
              </Button>
            )}
          </Group>
          {chosen && !isWorking && <Text size="sm">{chosen.name}</Text>}
          <ProblemAlert error={error} />
        </div>
      </div>
    </Panel>
  )
}

function Shown({ picture, chosen }: Pick<PicturePanelProps, 'picture' | 'chosen'>) {
  const { t } = useTranslation()
  if (chosen)
    return <canvas role="img" aria-label={t('picture.preview')} ref={(canvas) => void drawPreview(canvas, chosen)} />
  if (picture) return <img src={picture.url} alt={t('picture.alt')} />
  return <IconPhoto size={40} stroke={1.2} aria-hidden="true" />
}
